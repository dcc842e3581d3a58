"""Benches: ratios measured in one run, printed for people and as one line of JSON.

None of them is a test. `./run bench NAME`; `--quick` shrinks every size, to see that it runs.
"""
