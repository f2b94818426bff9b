import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Industry } from '#modules/foundation/organisations/contract.ts'
import { pointsOf } from '#modules/shopfloor/templates/server/template-rules.ts'
import { loadTemplates, TemplateFile } from './templates.ts'

const templates = loadTemplates()

test('each of the seven sub-industries has a template: five machine types of its own, ten rules, five key figures', () => {
  assert.deepEqual([...templates.keys()].sort(), [...Industry.options].sort())
  for (const { industry, machines, kpis, places } of templates.values()) {
    assert.ok(machines.length >= 7, `${industry}: ${machines.length} machine types with the two of every plant`)
    assert.ok(machines.reduce((sum, { rules }) => sum + rules.length, 0) >= 10, industry)
    assert.ok(new Set(kpis.map(({ key }) => key)).size >= 5, industry)
    const codes = places.flatMap(({ code, lines }) => [code, ...lines.map((line) => line.code)])
    assert.equal(new Set(codes).size, codes.length, `${industry}: a place’s code twice`)
  }
})

test('every rule watches points of its machine, with a limit within what the point can be, once by its name', () => {
  for (const { industry, machines } of templates.values())
    for (const { model, rules } of machines) {
      const points = new Map(model.definition.properties.map((property) => [property.name, property]))
      assert.equal(new Set(rules.map(({ name }) => name)).size, rules.length, `${industry} ${model.code}`)
      for (const rule of rules) {
        const about = `${industry} ${model.code} ${rule.name}`
        const point = points.get(rule.pointName)
        assert.ok(point && point.valueType !== 'string', about)
        assert.ok(pointsOf(rule, model).includes(rule.pointName), about)
        const { condition, suppression } = rule
        if (condition.kind === 'limit') {
          assert.ok(condition.limit > (point.min ?? -Infinity) && condition.limit < (point.max ?? Infinity), `${about}: ${condition.limit}`)
          assert.ok(condition.deadband < (point.max ?? Infinity) - (point.min ?? -Infinity), about)
        }
        if (condition.kind === 'deviation' && typeof condition.from === 'string') assert.ok(points.has(condition.from), about)
        if (suppression)
          for (const value of suppression.values) assert.ok(points.get(suppression.pointName)?.states?.[value], `${about}: state ${value}`)
        for (const text of [rule.nameEn, rule.cause, rule.consequence, rule.response]) assert.ok(text, about)
        assert.ok(rule.responseMinutes, about)
      }
    }
})

test('what a template file lacks or says besides is refused', () => {
  const good = {
    places: [{ code: 'A', name: '甲', nameEn: 'A', lines: [{ code: 'A-1', name: '一', nameEn: 'One' }] }],
    alarms: {},
    kpis: Array.from({ length: 5 }, () => ({ kpi: 'oee', machine: 'x', points: ['state'] })),
  }
  assert.ok(TemplateFile.safeParse(good).success)
  assert.ok(!TemplateFile.safeParse({ ...good, route: [] }).success)
  assert.ok(!TemplateFile.safeParse({ ...good, kpis: good.kpis.slice(1) }).success)
  assert.ok(!TemplateFile.safeParse({ ...good, alarms: { x: [{ name: '无限值' }] } }).success)
})
