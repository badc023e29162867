"""``comment``: text for readers of the script (liquid.md 1.8)."""

from __future__ import annotations

from liquid.builtin.tags.comment_tag import CommentTag as BuiltinCommentTag


class CommentTag(BuiltinCommentTag):
    """``{% comment %}…{% endcomment %}``: text that is not rendered, whatever is in it. Comments nest.

    Options that are named in a comment exist all the same: that is how scripts put them in order.
    """
