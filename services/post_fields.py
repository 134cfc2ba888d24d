"""What can be said of a subject without knowing it: sentences by field, each true by itself.

The composer chooses among them. None claims an experience, a figure or a fact about the author.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Field:
    """One field of work. `about` is what a topic is compared with to find its field."""

    name: str
    about: str
    checks: Sequence[str]
    questions: Sequence[str]
    pitfalls: Sequence[str]
    steps: Sequence[str]


MONEY = Field(
    "money",
    "pricing, fees, budgets, sales, revenue, costs, contracts, negotiation, freelance rates",
    (
        "A price says who you are for before anybody reads a word.",
        "Charging by the hour rewards being slow; charging for the result rewards being good.",
        "A discount is remembered longer than the reason for it.",
        "The cheapest client is rarely the easiest one.",
        "Write down what is not included while everyone is still in a good mood.",
    ),
    (
        "What would this be worth to the buyer if it worked perfectly?",
        "Which part of the price could you explain in one sentence?",
        "What happens to the margin if it takes twice as long?",
        "Who decides on the buyer's side, and what are they measured by?",
        "At which number would you rather walk away?",
    ),
    (
        "Naming a number before the problem is understood.",
        "Copying a competitor's price without having a competitor's costs.",
        "Giving way on the price when the scope was the issue.",
        "Leaving the hardest question for the last meeting.",
    ),
    (
        "List what the last three jobs really cost, hours included.",
        "Set a floor that you will not go below, and tell one person what it is.",
        "Offer three options, so that the talk is about which one and not about whether.",
        "Look at the numbers again after a quarter and change one thing.",
    ),
)
PEOPLE = Field(
    "people",
    "hiring, onboarding, teams, remote work, employees, culture, interviews, feedback, burnout",
    (
        "People forget most of the first week, but not whether somebody had time for them.",
        "Clear expectations are kinder than a long leash nobody can see the end of.",
        "What gets praised in public becomes the job description.",
        "A calendar shows what a team values better than any poster.",
        "Silence in a meeting is information, and it is seldom agreement.",
    ),
    (
        "What should somebody new be able to do alone after two weeks?",
        "Who would notice first if this went wrong?",
        "Which rule exists only because of one person who has left?",
        "When did anyone last change their mind because of what a junior colleague said?",
        "What would you stop doing if the team were half its size?",
    ),
    (
        "Treating a long list of tools as a welcome.",
        "Waiting for the yearly review with what could be said on Thursday.",
        "Measuring presence because results are harder to describe.",
        "Asking for honesty and then arguing with the answer.",
    ),
    (
        "Ask the two newest people what confused them, and fix the first thing they name.",
        "Write one page that says how decisions are made here.",
        "Give every new colleague a small piece of real work on day two.",
        "Put a date in the calendar to ask again whether it has become better.",
    ),
)
PRODUCT = Field(
    "product",
    "product launches, features, customers, user research, startups, apps, roadmaps, feedback",
    (
        "A feature nobody asks about after a month was an answer to the wrong question.",
        "The first minute decides whether there is a second one.",
        "Users describe pain precisely and solutions vaguely, so listen to the first half.",
        "Every option you add is a decision you hand to somebody busy.",
        "What you leave out is the part of a product that competitors cannot copy.",
    ),
    (
        "What do people do today instead, and what does it cost them?",
        "Which one thing has to work on the first try?",
        "Who would be disappointed if it disappeared tomorrow?",
        "What would have to be true for this to be a bad idea?",
        "How will you know within a week whether it helps?",
    ),
    (
        "Building for the loudest customer in the room.",
        "Counting sign-ups where use would be the honest number.",
        "Adding a setting because two people could not agree.",
        "Launching to everyone on the day nobody has time to answer.",
    ),
    (
        "Watch five people use it without helping them.",
        "Cut the list until it hurts, then cut one more.",
        "Release it to ten people who will tell you the truth.",
        "Decide beforehand which number would make you stop.",
    ),
)
SOFTWARE = Field(
    "software",
    "software engineering, code, databases, cloud, security, testing, devops, AI systems, data",
    (
        "The best code to maintain is the code that was deleted last year.",
        "A test that never failed has not told you anything yet.",
        "Every dependency is a colleague you did not interview.",
        "Logs are written for a tired person at three in the morning.",
        "Rewrites fail slowly, because the old system keeps doing what nobody wrote down.",
    ),
    (
        "How would you notice that it has stopped working?",
        "What is the smallest change that could be taken back within a minute?",
        "Who else can fix it when you are on holiday?",
        "Which part would you not dare to touch on a Friday, and why that one?",
        "What does it do with input that nobody expected?",
    ),
    (
        "Solving a problem of scale that would be a pleasure to have.",
        "Trusting a backup that has never been restored.",
        "Hiding a slow query behind a cache and calling it fixed.",
        "Measuring activity in tickets and surprise in outages.",
    ),
    (
        "Draw it on one sheet, and see where the arrows cross.",
        "Automate the step that somebody does by hand on every release.",
        "Write the alert first, then the feature.",
        "Take one old warning a week and make it go away for good.",
    ),
)
MARKETING = Field(
    "marketing",
    "marketing, content, writing, social media, personal brand, storytelling, newsletters, design",
    (
        "People share what makes them look thoughtful, not what makes you look busy.",
        "A clear sentence beats a clever one every time somebody reads on a phone.",
        "If it could carry a competitor's logo, it is not finished.",
        "Consistency is dull to make and comforting to read.",
        "The best ideas for posts are in the questions you answered by mail this week.",
    ),
    (
        "Who exactly should feel spoken to, and who should not?",
        "What would a reader be able to do afterwards that they could not do before?",
        "Which sentence would you keep if you were allowed only one?",
        "Why should it be you who says this?",
        "What do you want somebody to remember on Monday?",
    ),
    (
        "Writing for everybody and reaching nobody in particular.",
        "Starting with the company's history where the reader's problem should stand.",
        "Chasing a format because it worked for somebody with another audience.",
        "Stopping in the sixth week, shortly before it would have begun to work.",
    ),
    (
        "Write down ten questions that people really asked you.",
        "Answer one of them in plain words, and read it aloud.",
        "Cut the first paragraph: the text usually starts at the second.",
        "Publish on the same day for eight weeks before you judge it.",
    ),
)
LEADING = Field(
    "leading",
    "leadership, strategy, decisions, meetings, productivity, change, planning, management, goals",
    (
        "A strategy that rules nothing out is a list of wishes.",
        "The cost of a decision is small next to the cost of making it twice.",
        "What is nobody's job is everybody's excuse.",
        "Meetings without a decision to make are expensive newsletters.",
        "Plans are worth most on the day they turn out to be wrong.",
    ),
    (
        "What will we stop doing to make room for this?",
        "Which decision could be undone easily, so that it needs no committee?",
        "Who will be against it, and what do they know that we do not?",
        "What does a good result look like in a single number?",
        "If this fails, what will have been the reason?",
    ),
    (
        "Setting five priorities and calling each the first.",
        "Announcing the change and leaving out what stays the same.",
        "Confusing a full calendar with progress.",
        "Asking for ownership while keeping every decision.",
    ),
    (
        "Say in one sentence what will be different in three months.",
        "Name one owner, and let that person say no.",
        "Tell those who lose something first, and tell them in person.",
        "Look back after two weeks, before habits have closed over it.",
    ),
)
LEARNING = Field(
    "learning",
    "learning, careers, skills, education, habits, motivation, health, wellbeing, mentoring",
    (
        "Ten minutes a day survive a busy month; a free weekend rarely comes.",
        "You learn fastest where mistakes are cheap and quickly visible.",
        "Explaining something to a beginner shows you which half you understood.",
        "A career is built from what others trust you with, not from what you have read.",
        "Rest is part of the work, and the part most easily postponed.",
    ),
    (
        "What would you practise if nobody were watching?",
        "Who is two steps ahead of you and remembers how it felt?",
        "Which habit would make the others easier?",
        "What have you been about to start for more than a year?",
        "How will you notice that you have become better?",
    ),
    (
        "Collecting courses in place of finishing one small thing.",
        "Comparing your first draft with somebody's tenth year.",
        "Changing the method each time it becomes uncomfortable.",
        "Waiting to feel ready.",
    ),
    (
        "Choose one skill and one situation to use it in this week.",
        "Make the first step so small that skipping it would be silly.",
        "Ask one person for feedback on one thing.",
        "Write down each Friday what was easier than the Friday before.",
    ),
)
GENERAL = Field(
    "general",
    "",
    (
        "The interesting part usually starts where the obvious advice ends.",
        "What looks like a detail from far away is often the whole job up close.",
        "Most disagreements are about words that nobody has defined.",
        "Small and finished teaches more than large and planned.",
        "The people who do the work know where it hurts: ask them first.",
    ),
    (
        "Who is affected by it, and who has been asked?",
        "What would be lost if everything stayed as it is?",
        "Which part can be tried next week, at no risk?",
        "What do people believe about it that is no longer true?",
        "What would a newcomer find strange?",
    ),
    (
        "Starting with the solution and looking for a problem.",
        "Taking the loudest opinion for the common one.",
        "Doing all of it at once, so that nobody can tell what helped.",
        "Asking experts only, and never those who live with the result.",
    ),
    (
        "Write down what you know, what you assume, and what you can find out.",
        "Talk to one person who sees it differently.",
        "Try the smallest version that could disappoint you.",
        "Keep what worked, and say openly what did not.",
    ),
)
FIELDS = (MONEY, PEOPLE, PRODUCT, SOFTWARE, MARKETING, LEADING, LEARNING)
BY_NAME = {field.name: field for field in (*FIELDS, GENERAL)}
