import { expect, test } from 'vitest'
import { shortName } from './short-name.ts'

test('a company goes by what tells it apart', () => {
  expect(shortName('重庆应龙压铸有限公司', '重庆市')).toBe('应龙压铸')
  expect(shortName('成都三青电路板有限公司', '四川省成都市')).toBe('三青电路板')
  expect(shortName('重庆白泽摩托车股份有限公司', null)).toBe('重庆白泽摩托车')
  expect(shortName('Yinglong Die Casting Co., Ltd.', 'Chongqing')).toBe('Yinglong Die Casting')
  expect(shortName('重庆有限公司', '重庆市')).toBe('重庆有限公司')
})
