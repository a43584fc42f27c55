"""Addresses under /api/v1/."""

from django.urls import path, re_path

from biologidex.graph.api import Chunk, EvolutionaryTree, Friends, Invalidate, Newick, Search, Tree

WHOLE = r"-?[0-9]{1,6}"  # a drawing of a million animals has fewer cells than that in a row

urlpatterns = [
    path("graph/tree/", Tree.as_view(), name="tree"),
    path("graph/evolutionary-tree/", EvolutionaryTree.as_view(), name="evolutionary-tree"),
    re_path(rf"^graph/tree/chunk/(?P<x>{WHOLE})/(?P<y>{WHOLE})/$", Chunk.as_view(), name="tree-chunk"),
    path("graph/tree/search/", Search.as_view(), name="tree-search"),
    path("graph/tree/newick/", Newick.as_view(), name="tree-newick"),
    path("graph/tree/invalidate/", Invalidate.as_view(), name="tree-invalidate"),
    path("graph/tree/friends/", Friends.as_view(), name="tree-friends"),
]
