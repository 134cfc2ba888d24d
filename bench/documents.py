"""The operations that are sent, the same to everyone."""

from __future__ import annotations

CONTENT_BY_ID = """
query ContentById($id: ID!) {
  content(id: $id) {
    id type title body platforms tags status version createdAt updatedAt
    author { id createdAt timeZone profile { fullName headline } }
  }
}
"""

CONTENTS_20 = """
query Contents($workspaceId: ID!, $offset: Int!) {
  contents(filter: {workspaceId: $workspaceId}, limit: 20, offset: $offset) {
    id type title body platforms tags status version createdAt updatedAt
    author { id profile { fullName headline } }
  }
}
"""

POSTS_100 = "query Posts { posts { id title body likes score published } }"

UPDATE_CONTENT = """
mutation Update($id: ID!, $expectedVersion: Int!, $input: UpdateContentInput!) {
  updateContent(id: $id, expectedVersion: $expectedVersion, input: $input) {
    id title body version updatedAt
  }
}
"""

PUBLISHED = """
subscription Published($userId: ID!) {
  contentPublished(userId: $userId) { id type title status platforms version publishedAt }
}
"""
