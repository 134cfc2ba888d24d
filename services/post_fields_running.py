"""What can be said of running a business: of money, people, leading and learning."""

from __future__ import annotations

from services.post_field import Field

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
