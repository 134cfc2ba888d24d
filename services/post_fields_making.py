"""What can be said of making things and of selling them: products, software, marketing."""

from __future__ import annotations

from services.post_field import Field

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
