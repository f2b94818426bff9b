import { expect, test } from 'vitest'
import { mentionedIn } from './mentioned.ts'

const people = [
  { id: '1', name: '张三' },
  { id: '2', name: '张三丰' },
  { id: '3', name: 'Li' },
]

test('a mention is the longest name after an @', () => {
  expect(mentionedIn('@张三 请看', people)).toEqual(['1'])
  expect(mentionedIn('@张三丰 @Li @Li 请看', people)).toEqual(['2', '3'])
  expect(mentionedIn('张三 a@b.example @王五 @', people)).toEqual([])
})
