// The peer for subscriptions: graphql-ws on ws, one Redis subscription a process.
// What is published carries the piece itself; nothing is authorised and nothing read again.
import { createServer } from 'node:http'
import { buildSchema } from 'graphql'
import { useServer } from 'graphql-ws/use/ws'
import { createClient } from 'redis'
import { WebSocketServer } from 'ws'

const { CHANNEL, PORT, REDIS_SOCKET } = process.env

const schema = buildSchema(`
  scalar DateTime
  type Content {
    id: ID! type: String! title: String status: String! platforms: [String!]!
    version: Int! publishedAt: DateTime
  }
  type Query { alive: Boolean! }
  type Subscription { contentPublished(userId: ID!): Content! }
`)

const listeners = new Set()

class Listener {
  waiting = []
  resolve = null

  constructor () {
    listeners.add(this)
  }

  push (value) {
    if (this.resolve) {
      const resolve = this.resolve
      this.resolve = null
      resolve({ value, done: false })
    } else {
      this.waiting.push(value)
    }
  }

  next () {
    if (this.waiting.length) {
      return Promise.resolve({ value: this.waiting.shift(), done: false })
    }
    return new Promise(resolve => { this.resolve = resolve })
  }

  return () {
    listeners.delete(this)
    this.resolve?.({ value: undefined, done: true })
    return Promise.resolve({ value: undefined, done: true })
  }

  [Symbol.asyncIterator] () {
    return this
  }
}

const subscriber = createClient({ socket: { path: REDIS_SOCKET } })
await subscriber.connect()
await subscriber.subscribe(CHANNEL, message => {
  const value = { contentPublished: JSON.parse(message) }
  for (const listener of listeners) listener.push(value)
})

const roots = { subscription: { contentPublished: () => new Listener() } }
const http = createServer()
const sockets = new WebSocketServer({ server: http, path: '/graphql', perMessageDeflate: false })
useServer({ schema, roots }, sockets)
http.listen(Number(PORT), '127.0.0.1')
