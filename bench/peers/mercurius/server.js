// The peer on Node: fastify and Mercurius with its JIT compiler and its batching loaders.
// No authentication, no limits, no logs. With `--shared` it is tuned by hand to share reads between
// requests as our server does by itself.
import { readFileSync } from 'node:fs'
import fastify from 'fastify'
import { GraphQLScalarType } from 'graphql'
import mercurius from 'mercurius'
import { MongoClient } from 'mongodb'

const { MONGODB_URL, MONGODB_DATABASE, POSTS, PORT } = process.env

const schema = `
  scalar DateTime
  type Profile { fullName: String! headline: String industry: String }
  type User { id: ID! createdAt: DateTime! timeZone: String! profile: Profile! }
  type Content {
    id: ID! type: ContentType! title: String body: String! platforms: [Platform!]!
    tags: [String!]! status: ContentStatus! version: Int!
    createdAt: DateTime! updatedAt: DateTime! author: User
  }
  type Post {
    id: ID! title: String! body: String! likes: Int! score: Float! published: Boolean!
  }
  enum ContentType { POST ARTICLE VIDEO_SCRIPT }
  enum Platform { LINKEDIN X MEDIUM FEED }
  enum ContentStatus {
    DRAFT IN_REVIEW APPROVED SCHEDULED PUBLISHING PUBLISHED FAILED ARCHIVED
  }
  input ContentFilter { workspaceId: ID }
  input UpdateContentInput { title: String body: String }
  type Query {
    content(id: ID!): Content
    contents(filter: ContentFilter, limit: Int, offset: Int): [Content!]!
    posts: [Post!]!
  }
  type Mutation {
    updateContent(id: ID!, expectedVersion: Int!, input: UpdateContentInput!): Content!
  }
`

const client = await MongoClient.connect(MONGODB_URL)
const database = client.db(MONGODB_DATABASE)
const contents = database.collection('content')
const users = database.collection('users')
const posts = JSON.parse(readFileSync(POSTS, 'utf8'))

const CONTENT = {
  author_id: 1, type: 1, title: 1, body: 1, platforms: 1, tags: 1,
  status: 1, version: 1, created_at: 1, updated_at: 1
}
const USER = { created_at: 1, time_zone: 1, profile: 1 }

const content = found => found && {
  id: found._id,
  authorId: found.author_id,
  type: found.type,
  title: found.title,
  body: found.body,
  platforms: found.platforms,
  tags: found.tags,
  status: found.status,
  version: found.version,
  createdAt: found.created_at,
  updatedAt: found.updated_at
}

const user = found => ({
  id: found._id,
  createdAt: found.created_at,
  timeZone: found.time_zone,
  profile: {
    fullName: found.profile.full_name,
    headline: found.profile.headline,
    industry: found.profile.industry
  }
})

// Keys that are asked for while a command is under way go out together in the next.
const sharing = fetch => {
  let next = null
  let running = false
  const run = async () => {
    while (next) {
      const { keys, resolve, reject } = next
      next = null
      await fetch([...keys.values()]).then(resolve, reject)
    }
    running = false
  }
  return (name, key) => {
    if (!next) {
      next = { keys: new Map() }
      next.found = new Promise((resolve, reject) => Object.assign(next, { resolve, reject }))
    }
    next.keys.set(name, key)
    if (!running) {
      running = true
      setImmediate(run)
    }
    return next.found.then(found => found.get(name))
  }
}

const byId = (collection, projection, shown) =>
  sharing(async ids => {
    const found = await collection.find({ _id: { $in: ids } }).project(projection).toArray()
    return new Map(found.map(each => [each._id, shown(each)]))
  })

const alone = ({ workspaceId, limit, offset }) =>
  contents
    .find({ workspace_id: workspaceId, status: { $ne: 'ARCHIVED' } })
    .project(CONTENT)
    .sort({ created_at: -1, _id: -1 })
    .skip(offset)
    .limit(limit)
    .toArray()

// Lists of one length and offset: one command for the workspaces of all.
const together = (limit, offset) =>
  sharing(async workspaces => {
    if (workspaces.length === 1) {
      const found = await alone({ workspaceId: workspaces[0], limit, offset })
      return new Map([[workspaces[0], found]])
    }
    const pipeline = [
      { $match: { status: { $ne: 'ARCHIVED' } } },
      { $sort: { created_at: -1, _id: -1 } },
      ...(offset ? [{ $skip: offset }] : []),
      { $limit: limit },
      { $project: CONTENT }
    ]
    const looked = { from: 'content', localField: 'k', foreignField: 'workspace_id', pipeline, as: 'found' }
    const found = await database
      .aggregate([{ $documents: workspaces.map(k => ({ k })) }, { $lookup: looked }])
      .toArray()
    return new Map(found.map(each => [each.k, each.found]))
  })

const shapes = new Map()
const shared = process.argv.includes('--shared')
const sharedContent = byId(contents, CONTENT, found => found)
const sharedUser = byId(users, USER, found => user(found))

const listed = asked => {
  if (!shared) return alone(asked)
  const shape = `${asked.limit} ${asked.offset}`
  if (!shapes.has(shape)) shapes.set(shape, together(asked.limit, asked.offset))
  return shapes.get(shape)(asked.workspaceId, asked.workspaceId)
}

const resolvers = {
  DateTime: new GraphQLScalarType({ name: 'DateTime', serialize: time => time.toISOString() }),
  Query: {
    content: async (_, { id }) =>
      content(
        shared
          ? await sharedContent(id, id)
          : await contents.findOne({ _id: id }, { projection: CONTENT })
      ),
    contents: async (_, { filter, limit, offset }) =>
      (await listed({ workspaceId: filter.workspaceId, limit, offset })).map(content),
    posts: () => posts
  },
  Mutation: {
    updateContent: async (_, { id, expectedVersion, input }) => {
      const found = await contents.findOneAndUpdate(
        { _id: id, version: expectedVersion },
        { $set: { ...input, updated_at: new Date() }, $inc: { version: 1 } },
        { projection: CONTENT, returnDocument: 'after' }
      )
      if (!found) throw new Error('CONFLICT')
      return content(found)
    }
  }
}

const loaders = {
  Content: {
    author: async queries => {
      if (shared) return Promise.all(queries.map(({ obj }) => sharedUser(obj.authorId, obj.authorId)))
      const ids = [...new Set(queries.map(({ obj }) => obj.authorId))]
      const found = await users.find({ _id: { $in: ids } }).project(USER).toArray()
      const known = new Map(found.map(each => [each._id, user(each)]))
      return queries.map(({ obj }) => known.get(obj.authorId) ?? null)
    }
  }
}

const app = fastify({ logger: false })
app.register(mercurius, { schema, resolvers, loaders, jit: 1, graphiql: false })
await app.listen({ port: Number(PORT), host: '127.0.0.1' })
