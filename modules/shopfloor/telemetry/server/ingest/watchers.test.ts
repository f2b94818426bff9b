import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Watchers } from './watchers.ts'

test('a topic is watched as long as one of our processes is subscribed to it, however it leaves', () => {
  const watchers = new Watchers()
  const topic = 'live/7/a'
  watchers.add('one', [topic, 'events/x'])
  watchers.add('one', [topic])
  watchers.add('two', [topic])
  assert.ok(!watchers.isWatched('events/x') && !watchers.isWatched('live/7/b'))
  watchers.remove('one', [topic])
  watchers.remove('one', [topic])
  assert.ok(watchers.isWatched(topic))
  watchers.leave('two')
  assert.ok(!watchers.isWatched(topic))
})
