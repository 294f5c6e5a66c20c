"""The same linear program in other libraries, each as its documentation would write it.

Every module has `build(data)`, which gives a model; `shape(model)`, its columns, rows and nonzeros; `solve(model, …)`,
which gives the optimal value; and `watch(clock)`, which says what of `solve` is the solver's own time.
"""
