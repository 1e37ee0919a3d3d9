"""The scenarios: each a function that writes files and says which calls are made on them."""

REGISTRY = {}


def case(*flows, show=False, sql=()):
    """Registers a scenario: a generator that writes into its `Tree` and yields each call when its files are in place (a list
    of calls is made at once).

    `flows` are the tables that are compared at the end, `show` compares original bytes in the quarantine as well, `sql`
    lists (query, function from the expected lake to the rows that it must give).
    """

    def register(make):
        REGISTRY[make.__name__] = dict(make=make, flows=flows, show=show, sql=sql, shows=make.__doc__)
        return make

    return register


from cases import bad_calls, extracts, ga_lines, ga_pages, inputs, logs, whole  # noqa: E402, F401
