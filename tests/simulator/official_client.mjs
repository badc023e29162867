// Talks to a simulated shop through Shopify's own client libraries, as they are published, and prints as JSON what they
// made of it. The environment says where the shop is: SHOP_URL, SHOP_TOKEN, SHOP_SECRET.

import {createServer} from 'node:http';
import {createAdminApiClient, createAdminRestApiClient} from '@shopify/admin-api-client';
import '@shopify/shopify-api/adapters/node';
import {ApiVersion, LogSeverity, shopifyApi} from '@shopify/shopify-api';

const {SHOP_URL, SHOP_TOKEN, SHOP_SECRET} = process.env;
const host = new URL(SHOP_URL).host;
const PRODUCT = 'gid://shopify/Product/80000001';

// The library speaks HTTPS only; its own option for another fetch takes it to the shop's plain HTTP on loopback.
const plain = (url, init) => fetch(String(url).replace('https://', 'http://'), init);
const graphql = (options = {}) =>
  createAdminApiClient({
    storeDomain: host,
    apiVersion: '2026-04',
    accessToken: SHOP_TOKEN,
    customFetchApi: plain,
    logger: () => undefined,
    ...options,
  });
const rest = (options = {}) =>
  createAdminRestApiClient({
    storeDomain: host,
    apiVersion: '2026-04',
    accessToken: SHOP_TOKEN,
    scheme: 'http',
    defaultRetryTime: 10,
    logger: () => undefined,
    ...options,
  });
const control = async (path, body) => {
  const reply = await fetch(`${SHOP_URL}/_sim/${path}`, {method: 'POST', body: JSON.stringify(body)});
  return reply.json();
};

const steps = {
  async query() {
    const query = 'query ($id: ID!, $first: Int!) { product(id: $id) { title variants(first: $first) { nodes { sku } } } }';
    const {data, errors, extensions} = await graphql().request(query, {variables: {id: PRODUCT, first: 2}});
    return {data, errors, cost: extensions.cost};
  },

  async mutation() {
    const call = `mutation ($id: ID!, $tags: [String!]!) {
      tagsAdd(id: $id, tags: $tags) { node { ... on Product { tags } } userErrors { field message } } }`;
    return graphql().request(call, {variables: {id: PRODUCT, tags: ['official']}});
  },

  async userErrors() {
    const call = 'mutation { productUpdate(product: {id: "gid://shopify/Product/1"}) { userErrors { field message } } }';
    const {data, errors} = await graphql().request(call);
    return {data, errors};
  },

  async undefinedField() {
    const {data, errors} = await graphql().request('{ shop { nam } }');
    return {data, message: errors.message, graphQLErrors: errors.graphQLErrors, status: errors.networkStatusCode};
  },

  async wrongToken() {
    const {errors} = await graphql({accessToken: 'shpat_wrong'}).request('{ shop { name } }');
    return {status: errors.networkStatusCode, message: errors.message, body: errors.response.headers.get('content-type')};
  },

  async throttled() {
    // The bucket is emptied; the client is told, waits as the reply says, and asks again.
    await control('faults', {kind: 'throttled', count: 1});
    const client = graphql();
    const query = '{ products(first: 50) { nodes { id } } }';
    const first = await client.request(query);
    const {requestedQueryCost, throttleStatus} = first.extensions?.cost ?? {};
    const missing = requestedQueryCost - throttleStatus.currentlyAvailable;
    await new Promise((resolve) => setTimeout(resolve, (1000 * missing) / throttleStatus.restoreRate));
    const second = await client.request(query);
    return {
      status: first.errors.networkStatusCode,
      graphQLErrors: first.errors.graphQLErrors,
      cost: first.extensions.cost,
      then: second.data.products.nodes.length,
    };
  },

  async retried() {
    // What the library itself repeats: 429 and 503.
    await control('faults', {kind: 'error', status: 503, count: 1});
    const {data, errors} = await graphql().request('{ shop { name } }', {retries: 1});
    return {data, errors};
  },

  async version() {
    const {headers} = await graphql({apiVersion: '2026-01'}).fetch('{ shop { name } }');
    return {answered: headers.get('x-shopify-api-version'), request: Boolean(headers.get('x-request-id'))};
  },

  async rest() {
    const client = rest();
    const found = await client.get('products', {searchParams: {limit: 2, fields: 'id,title'}});
    const link = found.headers.get('link');
    const next = link.match(/<([^>]+)>; rel="next"/)[1];
    const path = new URL(next);
    const following = await client.get(path.pathname, {searchParams: Object.fromEntries(path.searchParams)});
    const saved = await client.put('products/80000001', {data: {product: {id: 80000001, title: 'Official'}}});
    const gone = await client.get('products/1');
    return {
      page: (await found.json()).products,
      limit: found.headers.get('x-shopify-shop-api-call-limit'),
      following: (await following.json()).products,
      saved: (await saved.json()).product.title,
      gone: {status: gone.status, body: await gone.json()},
    };
  },

  async restRetried() {
    await control('faults', {kind: 'throttled', count: 1});
    const refused = await rest().get('shop');
    await control('faults', {kind: 'throttled', count: 1});
    const repeated = await rest().get('shop', {retries: 1});
    return {refused: refused.status, after: refused.headers.get('retry-after'), repeated: repeated.status};
  },

  async webhook() {
    const shopify = shopifyApi({
      apiKey: 'key',
      apiSecretKey: SHOP_SECRET,
      apiVersion: ApiVersion.April26 ?? '2026-04',
      hostName: 'app.test',
      isEmbeddedApp: false,
      logger: {level: LogSeverity.Error},
    });
    const received = [];
    const server = createServer(async (request, response) => {
      const pieces = [];
      for await (const piece of request) pieces.push(piece);
      const rawBody = Buffer.concat(pieces).toString('utf8');
      const given = {rawRequest: request, rawResponse: response};
      const right = await shopify.webhooks.validate({rawBody, ...given});
      const forged = await shopify.webhooks.validate({rawBody: `${rawBody} `, ...given});
      received.push({right, forged, payload: JSON.parse(rawBody)});
      response.writeHead(200).end();
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    const uri = `http://127.0.0.1:${server.address().port}/webhooks`;
    await control('subscriptions', {topic: 'products/update', address: uri});
    await control('do/edit-product', {product: PRODUCT, title: 'Ünïcode'});
    await control('webhooks/drain', {});
    await new Promise((resolve) => server.close(resolve));
    return received;
  },
};

const told = {};
for (const [name, step] of Object.entries(steps)) {
  try {
    told[name] = await step();
  } catch (error) {
    told[name] = {failed: String(error?.stack ?? error)};
  }
}
process.stdout.write(JSON.stringify(told));
