"""What a protocol brings to the engineer's pages: its form, its secrets, what an application must be told, trials.

The pages know no protocol, and a protocol knows no page: each protocol's room names its panel by
`settings.PROTOCOL_PANELS`, the pages read them here.
"""
