"""How each field of the graph is called: its arguments, made anew for each call.

A root field that is not here makes the authorisation test fail, so that none is forgotten.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from datasources.memberships import Role
from datasources.targets import PublishState
from datasources.tracked_jobs import JobState
from services.clock import utc_now
from tests.authorisation.tenant import Tenant
from tests.client import PASSWORD, Client

Variables = dict[str, Any]
Build = Callable[[Tenant, Client], Awaitable[Variables]]


@dataclass(frozen=True)
class Case:
    """One root field. `build` gives its arguments: things of that tenant, for that caller.

    `own` fields are about the caller alone: what belongs to another person is not found, even
    by those who run the team. `checks_credentials` ones may refuse what was sent as
    UNAUTHENTICATED, whoever sends it. `ends_session` ones get a session of their own.
    """

    build: Build
    own: bool = False
    checks_credentials: bool = False
    ends_session: bool = False


def fixed(**variables: Any) -> Case:
    """Arguments that are the same for everybody, with no id among them."""

    async def build(_: Tenant, __: Client) -> Variables:
        return variables

    return Case(build)


def of(build: Callable[[Tenant], Awaitable[Variables]]) -> Case:
    """Arguments that depend on the tenant only."""

    async def for_anyone(tenant: Tenant, _: Client) -> Variables:
        return await build(tenant)

    return Case(for_anyone)


def subject(make: Callable[[Tenant], Awaitable[str]], **more: Any) -> Case:
    """`id`, and fixed arguments."""

    async def build(tenant: Tenant, _: Client) -> Variables:
        return {"id": await make(tenant), **more}

    return Case(build)


def subject_in_team(make: Callable[[Tenant], Awaitable[str]], **more: Any) -> Case:
    """`id` and `workspaceId`, and fixed arguments."""

    async def build(tenant: Tenant, _: Client) -> Variables:
        return {"id": await make(tenant), "workspaceId": tenant.team, **more}

    return Case(build)


def in_team(**more: Any) -> Case:
    """`workspaceId`, and fixed arguments."""

    async def build(tenant: Tenant, _: Client) -> Variables:
        return {"workspaceId": tenant.team, **more}

    return Case(build)


async def nothing(_: Tenant, __: Client) -> Variables:
    """No arguments."""
    return {}


async def wrong_password(_: Tenant, __: Client) -> Variables:
    """An account that nobody has."""
    return {"input": {"email": "nobody@example.com", "password": PASSWORD}}


async def unknown_token(_: Tenant, __: Client) -> Variables:
    """A refresh token that was never given."""
    return {"refreshToken": "bgr_nothing"}


async def session(tenant: Tenant, caller: Client) -> Variables:
    """A session of the caller's where they belong to the tenant, else of its owner."""
    mine = caller in tenant.people.values()
    return {"id": await tenant.session(caller if mine else tenant.owner)}


async def invited(tenant: Tenant, caller: Client) -> Variables:
    """An invitation to the caller where they belong to the tenant, else to a guest of its."""
    host = tenant.people[Role.ADMIN if caller is tenant.owner else Role.OWNER]
    mine = caller in tenant.people.values()
    email = caller.email if mine else f"guest@{tenant.mark}.example"
    return {"token": await tenant.invite(host, email)}


async def notification(tenant: Tenant, caller: Client) -> Variables:
    """A notification of the caller's where they belong to the tenant, else of its owner."""
    mine = caller in tenant.people.values()
    return {"ids": [await tenant.notification(caller if mine else tenant.owner)]}


async def content_input(tenant: Tenant) -> Variables:
    """A new piece in the team."""
    return {"input": {"type": "POST", "body": tenant.name("body"), "workspaceId": tenant.team}}


async def metrics_input(tenant: Tenant) -> Variables:
    """A figure of a new piece."""
    figure = {
        "contentId": await tenant.content(),
        "platform": "FEED",
        "metric": "READS",
        "value": 7,
        "capturedAt": utc_now().isoformat(),
    }
    return {"input": [figure]}


async def search_input(tenant: Tenant) -> Variables:
    """A search to be kept."""
    given = {"name": tenant.name("search"), "query": "loom", "workspaceId": tenant.team}
    return {"input": given}


async def saved_search(tenant: Tenant, caller: Client) -> Variables:
    """A saved search of the caller's where they belong to the tenant, else of its owner."""
    mine = caller in tenant.people.values()
    return {"id": await tenant.saved_search(caller if mine else tenant.owner)}


async def export_input(tenant: Tenant) -> Variables:
    """A row of an export, of a piece that is named."""
    content, id = await tenant.content(), "1234567890"
    given = {
        "platform": "X",
        "csv": f"Post id,Impressions\n{id},5",
        "capturedAt": utc_now().isoformat(),
        "links": [{"post": id, "contentId": content}],
        "workspaceId": tenant.team,
    }
    return {"input": given}


async def trend_source_input(tenant: Tenant) -> Variables:
    """A feed to subscribe to; the same each time, so that no test has too many."""
    return {"input": {"url": "https://feeds.example.com/rss.xml", "workspaceId": tenant.team}}


async def prediction_of(tenant: Tenant) -> Variables:
    """A piece, on the feed."""
    return {"contentId": await tenant.content(), "platform": "FEED"}


async def template_input(tenant: Tenant) -> Variables:
    """A new template in the team."""
    return {
        "input": {
            "type": "POST",
            "name": tenant.name("template"),
            "body": "Hello",
            "workspaceId": tenant.team,
        }
    }


async def generate_input(tenant: Tenant) -> Variables:
    """Something to write about in the team."""
    return {"input": {"topic": "Looms", "platform": "FEED", "workspaceId": tenant.team}}


async def workspace_input(tenant: Tenant) -> Variables:
    """A new workspace below the team."""
    return {"input": {"name": tenant.name("workspace"), "parentId": tenant.team}}


async def key_input(tenant: Tenant) -> Variables:
    """A new key in the team."""
    given = {"name": "key", "scopes": ["CONTENT_READ"], "workspaceId": tenant.team}
    return {"input": given}


async def invite_input(tenant: Tenant) -> Variables:
    """Somebody new to the team."""
    tenant.made += 1
    email = f"guest{tenant.made}@{tenant.mark}.example"
    return {"input": {"workspaceId": tenant.team, "email": email, "role": "VIEWER"}}


async def membership(tenant: Tenant) -> Variables:
    """Somebody who has just joined."""
    return {"workspaceId": tenant.team, "userId": await tenant.member()}


async def new_role(tenant: Tenant) -> Variables:
    """Another role for somebody who has just joined."""
    return {**await membership(tenant), "role": "EDITOR"}


async def from_template(tenant: Tenant) -> Variables:
    """A draft from a template."""
    values = [{"name": "name", "value": "Ada"}]
    return {"templateId": await tenant.template(), "variables": values}


async def brand_of(tenant: Tenant) -> Variables:
    """A brand."""
    return {"brandId": await tenant.brand()}


async def brand_there(tenant: Tenant) -> Variables:
    """A brand of the team's."""
    return {"brandId": await tenant.brand(), "workspaceId": tenant.team}


async def assessed_brand(tenant: Tenant) -> Variables:
    """A brand of the team's with all questions answered."""
    return {"brandId": await tenant.assessed(), "workspaceId": tenant.team}


async def strategy_change(tenant: Tenant) -> Variables:
    """A change by hand."""
    change = {"valueProposition": tenant.name("proposition")}
    return {**await brand_of(tenant), "expectedVersion": 1, "input": change}


async def brand_input(tenant: Tenant) -> Variables:
    """A new brand in the team; the plan allows it, or says that it does not."""
    return {"input": {"name": tenant.name("brand"), "workspaceId": tenant.team}}


async def answered(tenant: Tenant) -> str:
    """An assessment without an answer: it says what is missing."""
    return await tenant.assessment()


async def writing_sample(tenant: Tenant) -> Variables:
    """A text that the team's voice was learned from."""
    return {"ids": [await tenant.sample()], "workspaceId": tenant.team}


async def voice_feedback(tenant: Tenant) -> Variables:
    """A draft that the team would not put its name to."""
    draft = f"Nobody would ever want to say it like this, said {tenant.name('draft')}."
    return {"input": {"draft": draft, "verdict": "REJECTED", "workspaceId": tenant.team}}


async def register_input(tenant: Tenant) -> Variables:
    """Somebody new."""
    tenant.made += 1
    email = f"new{tenant.made}@{tenant.mark}.example"
    return {"input": {"email": email, "password": PASSWORD, "fullName": "New"}}


async def filter_of_team(tenant: Tenant) -> Variables:
    """The team's content."""
    return {"filter": {"workspaceId": tenant.team}}


async def person_of(tenant: Tenant) -> Variables:
    """The owner, and a cursor that is no longer kept: an answer comes at once."""
    return {"userId": tenant.owner.user_id, "after": "1-0"}


async def progress_of(tenant: Tenant) -> Variables:
    """A piece, and such a cursor."""
    return {"contentId": await tenant.content(), "after": "1-0"}


async def figures_of(tenant: Tenant, caller: Client) -> Variables:
    """The caller themselves where they belong to the tenant, else its owner."""
    mine = caller in tenant.people.values()
    return {"userId": caller.user_id if mine else tenant.owner.user_id, "after": "1-0"}


def failed(tenant: Tenant) -> Awaitable[str]:
    """A target that failed."""
    return tenant.target(PublishState.FAILED)


def pending(tenant: Tenant) -> Awaitable[str]:
    """A target that waits."""
    return tenant.target(PublishState.PENDING)


def waiting(tenant: Tenant) -> Awaitable[str]:
    """A job that waits."""
    return tenant.job(JobState.QUEUED)


def dead(tenant: Tenant) -> Awaitable[str]:
    """A job that was given up."""
    return tenant.job(JobState.DEAD)


async def ended_job(tenant: Tenant) -> Variables:
    """A job that has ended: an answer comes at once."""
    return {"jobId": await dead(tenant)}


async def moves_of(tenant: Tenant) -> Variables:
    """A job, and a cursor that is no longer kept: an answer comes at once."""
    return {"id": await dead(tenant), "after": "1-0"}


async def invitation(tenant: Tenant) -> str:
    """An open invitation."""
    return (await tenant.invitation())[0]


async def team(tenant: Tenant) -> str:
    """The team."""
    return tenant.team


ROLE_CHANGE = {"title": "Changed"}

CASES: dict[str, Case] = {
    "Query.me": fixed(),
    "Query.exportMyData": fixed(),
    "Query.sessions": fixed(),
    "Query.notifications": fixed(),
    "Query.workspaces": fixed(),
    "Query.analytics": in_team(period="WEEK"),
    "Query.analyticsOverview": in_team(),
    "Query.platformAnalytics": in_team(platform="FEED"),
    "Query.contentAnalytics": subject(Tenant.content),
    "Query.insights": in_team(),
    "Query.predictEngagement": of(prediction_of),
    "Query.insightReport": in_team(),
    "Query.recommendations": in_team(),
    "Query.trendSources": in_team(),
    "Query.recommendationFeedback": in_team(),
    "Query.report": subject(Tenant.report),
    "Query.reports": in_team(),
    "Query.node": subject(Tenant.content),
    "Query.content": subject(Tenant.content),
    "Query.contents": of(filter_of_team),
    "Query.contentConnection": in_team(),
    "Query.ideas": in_team(pillar="Looms"),
    "Query.seriesPlan": in_team(topic="Looms"),
    "Query.job": subject(dead),
    "Query.jobs": in_team(),
    "Query.usage": in_team(period="MONTH"),
    "Query.search": in_team(query="loom"),
    "Query.searchTopics": in_team(query="loom"),
    "Query.savedSearches": in_team(),
    "Query.searchHistory": in_team(),
    "Query.runSavedSearch": Case(saved_search, own=True),
    "Mutation.saveSearch": of(search_input),
    "Mutation.deleteSavedSearch": Case(saved_search, own=True),
    "Mutation.clearSearchHistory": in_team(),
    "Mutation.keepSearchHistory": in_team(enabled=True),
    "Query.similarContent": subject(Tenant.content),
    "Query.workspace": subject(team),
    "Query.apiKeys": in_team(),
    "Query.invitations": in_team(),
    "Query.auditLog": in_team(),
    "Query.templates": in_team(),
    "Query.plans": fixed(),
    "Query.entitlements": in_team(),
    "Query.billingSubscription": in_team(),
    "Query.invoices": in_team(),
    "Query.paymentMethods": in_team(),
    "Query.planChangePreview": in_team(plan="PRO", interval="MONTHLY"),
    "Query.template": subject(Tenant.template),
    "Mutation.register": of(register_input),
    "Mutation.login": Case(wrong_password, checks_credentials=True),
    "Mutation.refreshSession": Case(unknown_token, checks_credentials=True),
    "Mutation.logout": Case(nothing, ends_session=True),
    "Mutation.updateMe": fixed(input={"headline": "Weaver"}),
    "Mutation.changePassword": fixed(currentPassword="wrong", newPassword="another long one"),
    "Mutation.deleteMe": fixed(password="wrong"),
    "Mutation.revokeSession": Case(session, own=True),
    "Mutation.createApiKey": of(key_input),
    "Mutation.revokeApiKey": subject(Tenant.key),
    "Mutation.createContent": of(content_input),
    "Mutation.updateContent": subject(Tenant.content, expectedVersion=1, input=ROLE_CHANGE),
    "Mutation.restoreVersion": subject(Tenant.content, version=1, expectedVersion=1),
    "Mutation.duplicateContent": subject(Tenant.content),
    "Mutation.archiveContent": subject(Tenant.content),
    "Mutation.restoreContent": subject(Tenant.content),
    "Mutation.deleteContent": subject(Tenant.content),
    "Mutation.generateContent": of(generate_input),
    "Mutation.cancelJob": subject(waiting),
    "Mutation.retryJob": subject(dead),
    "Mutation.replayDeadJobs": in_team(),
    "Mutation.setBudget": in_team(monthly="25.5"),
    "Mutation.setModelProvider": in_team(provider="OFFLINE"),
    "Mutation.improveContent": subject(Tenant.content, instruction="shorter"),
    "Mutation.repurposeContent": subject(Tenant.content, platforms=["X"]),
    "Mutation.startGeneration": of(generate_input),
    "Mutation.connectPlatform": fixed(platform="X", code="code"),
    "Mutation.publishContent": subject(Tenant.content, platforms=["FEED"]),
    "Mutation.retryTarget": subject(failed),
    "Mutation.cancelTarget": subject(pending),
    "Mutation.createWorkspace": of(workspace_input),
    "Mutation.updateWorkspace": subject(
        Tenant.workspace, expectedVersion=1, input={"name": "Changed"}
    ),
    "Mutation.deleteWorkspace": subject(Tenant.workspace),
    "Mutation.setMemberRole": of(new_role),
    "Mutation.removeMember": of(membership),
    "Mutation.leaveWorkspace": subject(Tenant.shared),
    "Mutation.inviteMember": of(invite_input),
    "Mutation.acceptInvitation": Case(invited, own=True),
    "Mutation.declineInvitation": Case(invited, own=True),
    "Mutation.revokeInvitation": subject(invitation),
    "Mutation.joinBenchmark": in_team(),
    "Mutation.leaveBenchmark": in_team(),
    "Mutation.addTrendSource": of(trend_source_input),
    "Mutation.removeTrendSource": subject(Tenant.trend_source),
    "Mutation.answerRecommendation": subject_in_team(Tenant.feedback, verdict="LATER"),
    "Mutation.withdrawRecommendationFeedback": subject(Tenant.feedback),
    "Mutation.recordMetrics": of(metrics_input),
    "Mutation.importMetrics": of(export_input),
    "Mutation.exportReport": in_team(period="MONTH"),
    "Mutation.createTemplate": of(template_input),
    "Mutation.updateTemplate": subject(
        Tenant.template, expectedVersion=1, input={"name": "Changed"}
    ),
    "Mutation.deleteTemplate": subject(Tenant.template),
    "Mutation.createContentFromTemplate": of(from_template),
    "Query.brand": subject(Tenant.brand),
    "Query.brands": in_team(),
    "Query.strategyHistory": of(brand_of),
    "Query.assessment": subject(Tenant.assessment),
    "Mutation.createBrand": of(brand_input),
    "Mutation.updateBrand": subject(Tenant.brand, expectedVersion=1, input={"name": "Changed"}),
    "Mutation.deleteBrand": subject(Tenant.brand),
    "Mutation.startAssessment": of(brand_there),
    "Mutation.answerAssessment": subject(
        Tenant.assessment, answers=[{"question": "speaker", "values": ["A person"]}]
    ),
    "Mutation.completeAssessment": subject(answered),
    "Mutation.generateStrategy": of(assessed_brand),
    "Mutation.updateStrategy": of(strategy_change),
    "Query.analyseText": in_team(text="We were glad that somebody had asked us."),
    "Query.voiceProfile": in_team(),
    "Query.voiceMatch": in_team(text="However it went, we were glad that somebody had asked us."),
    "Mutation.addWritingSamples": in_team(
        samples=["We spun the yarn on Monday, and on Tuesday nobody could find it."]
    ),
    "Mutation.removeWritingSamples": of(writing_sample),
    "Mutation.giveVoiceFeedback": of(voice_feedback),
    "Mutation.markNotificationsRead": Case(notification, own=True),
    "Mutation.createCheckoutSession": in_team(plan="PRO", interval="MONTHLY"),
    "Mutation.createBillingPortalSession": in_team(),
    "Mutation.changePlan": in_team(plan="PRO", interval="MONTHLY"),
    "Mutation.cancelSubscription": in_team(),
    "Mutation.resumeSubscription": in_team(),
    "Subscription.subscriptionChanged": in_team(after="1-0"),
    "Subscription.contentPublished": of(person_of),
    "Subscription.contentChanged": in_team(after="1-0"),
    "Subscription.generationProgress": of(ended_job),
    "Subscription.jobUpdated": of(moves_of),
    "Subscription.publishProgress": of(progress_of),
    "Subscription.notifications": fixed(after="1-0"),
    "Subscription.analyticsUpdated": Case(figures_of, own=True),
}
