"""A Shopify store to run against, over real HTTP."""
