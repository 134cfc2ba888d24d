"""The search of one process: its store, as the settings say, and the services on it."""

from __future__ import annotations

from dataclasses import dataclass

from datasources.mongo import Mongo
from datasources.stores import Stores
from datasources.vector_files import VectorFiles
from datasources.vector_weaviate import WeaviateVectors
from datasources.vectors import VectorStore
from datasources.weaviate_client import WeaviateAccess
from server.settings import Settings
from services.access import Access
from services.clock import Clock
from services.content import ContentService
from services.events import Events
from services.ids import NewId
from services.indexing import Indexing
from services.models import Models
from services.nearby import Nearby
from services.saved_searches import SavedSearchService
from services.search import SearchService
from services.topic_indexing import TopicIndexing


@dataclass(frozen=True, slots=True)
class SearchParts:
    """What writes the index, and what asks it."""

    store: VectorStore
    indexing: Indexing
    search: SearchService
    nearby: Nearby
    saved: SavedSearchService


def store_of(settings: Settings) -> VectorStore:
    """Where the index is: in Weaviate if there is one, else in files."""
    if not settings.weaviate_url:
        return VectorFiles(settings.data_dir / "search")
    return WeaviateVectors(
        WeaviateAccess(
            settings.weaviate_url, settings.weaviate_grpc_port, settings.weaviate_api_key
        )
    )


def search_of(
    settings: Settings,
    mongo: Mongo,
    stores: Stores,
    content: ContentService,
    models: Models,
    access: Access,
    events: Events,
    *,
    clock: Clock,
    new_id: NewId,
) -> SearchParts:
    """Nothing is opened yet."""
    store = store_of(settings)
    topics = TopicIndexing(stores.trend_topics, stores.generations, store, events, new_id)
    indexing = Indexing(
        mongo, stores.contents, stores.generations, store, models, topics, clock, new_id
    )
    search = SearchService(stores.contents, content, indexing, store, models, access)
    nearby = Nearby(stores.contents, indexing, store, models)
    saved = SavedSearchService(
        mongo,
        stores.workspaces,
        stores.saved_searches,
        stores.past_searches,
        stores.search_habits,
        search,
        access,
        clock,
        new_id,
    )
    return SearchParts(store, indexing, search, nearby, saved)
