"""The settings of search."""

from __future__ import annotations

from dataclasses import dataclass

from server.setting_field import setting
from server.setting_types import http_url, number, word


@dataclass(frozen=True, kw_only=True)
class SearchSettings:
    """The part of Settings that is about the search index."""

    weaviate_url: str = setting(
        http_url,
        "",
        "Weaviate, for search: http://… or https://…. Empty: files under DATA_DIR, which every "
        "process of this server has to share.",
    )
    weaviate_grpc_port: int = setting(
        number(1, 65_535), "50051", "The port of the same Weaviate for gRPC."
    )
    weaviate_api_key: str = setting(
        word, "", "The key for that Weaviate. Empty: it lets everybody in.", secret=True
    )
