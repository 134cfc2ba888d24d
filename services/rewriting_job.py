"""Rewriting as the worker does it: a piece improved, or put into other platforms' forms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from datasources.content import Content, ContentType, Platform
from datasources.generated import Generated, Scores
from datasources.models import Material, ModelAnswerUnusable, ModelId, TextRequest
from services.clock import Clock
from services.content import ContentService
from services.drafts import Draft
from services.failures import Conflict
from services.generation_job import in_form, purpose_of, result_of, telling
from services.generation_request import usual_type
from services.job_handlers import Attempt, Outcome, Result
from services.model_ledger import ModelLedger
from services.models import Models
from services.permissions import Permission
from services.post_brief import Drafts, DraftText, RewriteBrief
from services.post_rules import HASHTAGS, MARKDOWN, shortened
from services.post_scores import PostScores
from services.prediction import Drafted
from services.text import LIMITS
from services.viewer import Viewer
from services.writing_context import Background

IMPROVE, REPURPOSE = "improve", "repurpose"
KEPT = "Keep its language, its facts and its voice; add no facts, figures or quotes. No remarks."


class RewritingJob:
    """The handlers of both."""

    def __init__(
        self,
        models: Models,
        ledger: ModelLedger,
        background: Background,
        content: ContentService,
        clock: Clock,
    ) -> None:
        self._models = models
        self._ledger = ledger
        self._background = background
        self._scores = PostScores(models)
        self._content = content
        self._clock = clock

    async def improve(self, attempt: Attempt) -> Outcome:
        """Change a piece as the instruction says: a new version of it."""
        piece = await self._piece(attempt, Permission.CONTENT_WRITE)
        expected = int(attempt.job.arguments["version"])
        if piece.version != expected:
            raise Conflict("content", piece.version)
        instruction = str(attempt.job.arguments["instruction"])
        await attempt.stage("writing", 0.2)
        request = TextRequest(
            instructions="Change the material named text as the material named instruction "
            f"describes, as far as that is about the text. {KEPT} {length_of(piece)}",
            material=[Material("instruction", instruction), *material(piece)],
            brief=RewriteBrief(
                title=piece.title, body=piece.body, platform=None, instruction=instruction
            ),
            answer=Drafts,
            most=most_of(piece),
        )
        written, model = await self._write(attempt, request, "improve")
        text = fitted(piece, written)
        platform = piece.platforms[0] if piece.platforms else Platform.FEED
        (scores,) = await self._score(attempt, piece, [(platform, piece.type, text)])

        async def keep() -> Result:
            viewer = Viewer(user_id=attempt.job.user_id)
            generated = self._generated(attempt, piece.id, model, scores)
            kept = await self._content.rewrite(viewer, piece.id, expected, text, generated)
            return result_of([kept])

        return Outcome(keep)

    async def repurpose(self, attempt: Attempt) -> Outcome:
        """One idea in other platforms' forms: a new draft for each."""
        piece = await self._piece(attempt, Permission.CONTENT_WRITE)
        platforms = [Platform(each) for each in attempt.job.arguments["platforms"]]
        made: list[tuple[Platform, ContentType, DraftText]] = []
        models: list[ModelId] = []
        for number, platform in enumerate(platforms):
            await attempt.stage(
                f"writing for {platform.value}", 0.1 + 0.7 * number / len(platforms)
            )
            request = TextRequest(
                instructions=f"Put the idea of the material named text into the form of "
                f"{platform.value}. {KEPT} {form_of(platform)}",
                material=list(material(piece)),
                brief=RewriteBrief(title=piece.title, body=piece.body, platform=platform),
                answer=Drafts,
                most=most_of(piece),
            )
            text, model = await self._write(attempt, request, f"repurpose:{platform.value}")
            made.append((platform, usual_type(platform), in_form(platform, text)))
            models.append(model)
        scored = await self._score(attempt, piece, made)

        async def keep() -> Result:
            viewer, kept = Viewer(user_id=attempt.job.user_id), []
            for (platform, type, text), model, scores in zip(made, models, scored, strict=True):
                generated = self._generated(attempt, piece.id, model, scores)
                draft = Draft.checked(
                    type, text.title, text.body, [platform], piece.tags, piece.pillar
                )
                kept.append(
                    await self._content.create(viewer, piece.workspace_id, draft, generated)
                )
            return result_of(kept)

        return Outcome(keep)

    async def _piece(self, attempt: Attempt, permission: Permission) -> Content:
        viewer = Viewer(user_id=attempt.job.user_id)
        return await self._content.get(viewer, attempt.job.arguments["content_id"], permission)

    async def _write(
        self, attempt: Attempt, request: TextRequest[Drafts], step: str
    ) -> tuple[DraftText, ModelId]:
        purpose = replace(purpose_of(attempt.job), step=step)
        written = await self._models.write(purpose, request, telling(attempt))
        if not written.answer.versions or not written.answer.versions[0].body.strip():
            raise ModelAnswerUnusable
        return written.answer.versions[0], written.model

    async def _score(
        self,
        attempt: Attempt,
        piece: Content,
        made: Sequence[tuple[Platform, ContentType, DraftText]],
    ) -> list[Scores]:
        """What was made, as if it went out now."""
        topic, now = piece.title or piece.body[:300], self._clock()
        purpose, viewer = purpose_of(attempt.job), Viewer(user_id=attempt.job.user_id)
        by = await self._background.yardstick(viewer, piece.workspace_id)
        drafts = [
            Drafted(platform, type, text.body, piece.tags, now) for platform, type, text in made
        ]
        return await self._scores.of(purpose, drafts, topic, by)

    def _generated(
        self, attempt: Attempt, source: str, model: ModelId, scores: Scores
    ) -> Generated:
        return Generated(
            source=source,
            model=str(model),
            scores=scores,
            variants=[],
            cost=attempt.cost,
            job_id=attempt.job.id,
        )


def fitted(piece: Content, text: DraftText) -> DraftText:
    """The text, short enough for each platform of the piece."""
    body = text.body.strip()
    for platform in piece.platforms:
        body = shortened(platform, body)
    return DraftText(title=text.title, body=body)


def material(piece: Content) -> list[Material]:
    """The piece."""
    title = [Material("title", piece.title)] if piece.title else []
    return [*title, Material("text", piece.body)]


def most_of(piece: Content) -> int:
    """The tokens that a rewritten piece may take."""
    return 400 + len(piece.body)


def length_of(piece: Content) -> str:
    """The tightest limit of a piece's platforms, as a rule."""
    limits = [LIMITS[platform] for platform in piece.platforms if LIMITS[platform]]
    rule = f"At most {min(limits)} characters. " if limits else ""
    return f"{rule}One version. The title is null if the text has none."


def form_of(platform: Platform) -> str:
    """What a platform takes, as rules."""
    limit, tags = LIMITS[platform], HASHTAGS[platform]
    rules = [f"At most {limit} characters."] if limit else ["700 to 1500 words, with a title."]
    rules.append(f"At most {tags} hashtags, at the end." if tags else "No hashtags.")
    rules.append("Markdown is shown." if platform in MARKDOWN else "Plain text, no Markdown.")
    return f"{' '.join(rules)} One version."
