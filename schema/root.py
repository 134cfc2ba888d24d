"""The whole graph: every noun's fields gathered into Query, Mutation and Subscription."""

from __future__ import annotations

from functools import cache

import strawberry
from graphql import (
    GraphQLArgument,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    Undefined,
)
from strawberry.schema.config import StrawberryConfig

from resolvers.account import AccountMutations, AccountQueries
from resolvers.analytics import AnalyticsQueries
from resolvers.api_key import ApiKeyMutations, ApiKeyQueries
from resolvers.assessment import AssessmentMutations, AssessmentQueries
from resolvers.audit import AuditQueries
from resolvers.billing import BillingMutations, BillingQueries
from resolvers.brand import BrandMutations, BrandQueries
from resolvers.content import ContentMutations, ContentQueries
from resolvers.generation import GenerationMutations, GenerationQueries
from resolvers.insight import InsightMutations, InsightQueries
from resolvers.invitation import InvitationMutations, InvitationQueries
from resolvers.job import JobMutations, JobQueries
from resolvers.member import MemberMutations
from resolvers.metric import MetricMutations
from resolvers.node import NodeQueries
from resolvers.notification import NotificationMutations, NotificationQueries
from resolvers.promised import PromisedMutations
from resolvers.publishing import PublishingMutations
from resolvers.recommendation import RecommendationMutations, RecommendationQueries
from resolvers.report import ReportMutations, ReportQueries
from resolvers.saved_search import SavedSearchMutations, SavedSearchQueries
from resolvers.search import SearchQueries
from resolvers.session import SessionMutations, SessionQueries
from resolvers.template import TemplateMutations, TemplateQueries
from resolvers.text_analysis import TextAnalysisQueries
from resolvers.trend_source import TrendSourceMutations, TrendSourceQueries
from resolvers.usage import UsageMutations, UsageQueries
from resolvers.voice import VoiceMutations, VoiceQueries
from resolvers.workspace import WorkspaceMutations, WorkspaceQueries
from schema.costs import price_fields
from schema.declare import declare
from subscriptions.analytics import AnalyticsSubscriptions
from subscriptions.billing import BillingSubscriptions
from subscriptions.content import ContentSubscriptions
from subscriptions.generation import GenerationSubscriptions
from subscriptions.job import JobSubscriptions
from subscriptions.notification import NotificationSubscriptions
from subscriptions.publishing import PublishingSubscriptions


@strawberry.type(description="Reading.")
class Query(
    AccountQueries,
    AnalyticsQueries,
    ApiKeyQueries,
    AuditQueries,
    BillingQueries,
    AssessmentQueries,
    BrandQueries,
    ContentQueries,
    InsightQueries,
    GenerationQueries,
    InvitationQueries,
    JobQueries,
    NodeQueries,
    NotificationQueries,
    RecommendationQueries,
    ReportQueries,
    SavedSearchQueries,
    SearchQueries,
    SessionQueries,
    TemplateQueries,
    TextAnalysisQueries,
    TrendSourceQueries,
    VoiceQueries,
    UsageQueries,
    WorkspaceQueries,
):
    """Every field that reads."""


@strawberry.type(description="Writing. Fields run one after the other.")
class Mutation(
    AccountMutations,
    ApiKeyMutations,
    BillingMutations,
    AssessmentMutations,
    BrandMutations,
    ContentMutations,
    InsightMutations,
    GenerationMutations,
    InvitationMutations,
    JobMutations,
    MemberMutations,
    MetricMutations,
    NotificationMutations,
    PromisedMutations,
    PublishingMutations,
    RecommendationMutations,
    ReportMutations,
    SavedSearchMutations,
    SessionMutations,
    TemplateMutations,
    TrendSourceMutations,
    VoiceMutations,
    UsageMutations,
    WorkspaceMutations,
):
    """Every field that writes."""


@strawberry.type(description="Events, as they happen.")
class Subscription(
    AnalyticsSubscriptions,
    BillingSubscriptions,
    ContentSubscriptions,
    GenerationSubscriptions,
    JobSubscriptions,
    NotificationSubscriptions,
    PublishingSubscriptions,
):
    """Every field that is followed."""


@cache
def graph() -> GraphQLSchema:
    """The schema as it is executed: made once a process, and then left as it is."""
    return build()._schema


def build() -> strawberry.Schema:
    """A new schema, of one's own."""
    schema = strawberry.Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        config=StrawberryConfig(auto_camel_case=True),
    )
    leave_out_null_defaults(schema._schema)
    declare(schema._schema)
    price_fields(schema._schema)
    return schema


def leave_out_null_defaults(schema: GraphQLSchema) -> None:
    """What may be left out needs no `= null` in the SDL: Python has that default already."""
    for kind in schema.type_map.values():
        if isinstance(kind, GraphQLInputObjectType):
            for given in kind.fields.values():
                forget_null(given)
        elif isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            for field in kind.fields.values():
                for argument in field.args.values():
                    forget_null(argument)


def forget_null(given: GraphQLArgument | GraphQLInputField) -> None:
    """Take a default of null away."""
    if given.default_value is None:
        given.default_value = Undefined
