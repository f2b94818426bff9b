import assert from 'node:assert/strict'
import { test } from 'node:test'
import { loadThingModels } from '../industries/thing-models.ts'
import { type Machine, newMachine, stepMachine } from './machine.ts'
import { movePlants, newPlants, type PlantSetup } from './plants.ts'
import { loadProfiles, machineStates, stateCode } from './profile.ts'
import { closedIntervals, type Message, readingsOf } from './readings.ts'

const models = loadThingModels()
const profiles = loadProfiles()
const start = Date.parse('2026-11-23T00:00:00Z')
const HOUR_S = 3_600

const setup = (code: string, plant = 'p', seed = 7) => ({ key: `${plant}-${code}`, plant, profile: profileOf(code), seed })
const profileOf = (code: string) => {
  const profile = profiles.get(code)
  assert.ok(profile, code)
  return profile
}
const facts = (i: number, inShift = true) => ({ atMs: start + i * 1_000, dtS: 1, inShift, ambientC: 22, plantPowerKw: 0 })
const allDay: PlantSetup[] = [{ code: 'p', timeZone: 'Asia/Shanghai', shifts: [] }]

test('each machine type has a profile that says how every one of its properties comes about, and none else', () => {
  assert.deepEqual([...profiles.keys()].sort(), [...models.keys()].sort())
  for (const [code, { signals }] of profiles) {
    assert.deepEqual(
      Object.keys(signals).sort(),
      models
        .get(code)
        ?.properties.map((p) => p.name)
        .sort(),
      code,
    )
    for (const signal of Object.values(signals)) {
      const sources = signal.is === 'product' ? signal.of : signal.is === 'linear' || signal.is === 'integral' ? [signal.of] : []
      for (const source of sources) assert.ok(signals[source], `${code}: ${source}`)
    }
  }
})

test('an energy counter rises by the integral of the power, at every machine type', () => {
  for (const [code, profile] of profiles) {
    const machine = newMachine(profile, 3)
    const before = machine.energyKwh
    let kwh = 0
    for (let i = 1; i <= HOUR_S; i++) {
      stepMachine(profile, machine, facts(i))
      kwh += Number(machine.values.powerKw) / HOUR_S
    }
    assert.ok(Math.abs(Number(machine.values.energyKwh) - before - kwh) < 1e-6, `${code}: ${machine.energyKwh - before} ≠ ${kwh}`)
  }
})

test('every state is reached and left again within three weeks of shifts', () => {
  for (const [code, profile] of profiles) {
    if (profile.sums) continue
    const machine = newMachine(profile, 11)
    const seen = new Set<string>()
    for (let i = 60; i <= 21 * 24 * HOUR_S; i += 60) {
      stepMachine(profile, machine, { ...facts(i, Math.floor(i / HOUR_S) % 24 < 20), dtS: 60 })
      seen.add(machine.state)
    }
    const reachable = machineStates.filter((s) => s === 'off' || s === 'idle' || Object.values(profile.next).some((next) => next?.[s]))
    for (const state of reachable) assert.ok(seen.has(state), `${code} never was ${state}`)
  }
})

test('temperatures stay on their scale without being cut to it, and counters never run backwards', () => {
  for (const [code, profile] of profiles) {
    const machine = newMachine(profile, 5)
    const properties = models.get(code)?.properties ?? []
    const last = new Map<string, number>()
    for (let i = 5; i <= 10 * HOUR_S; i += 5) {
      stepMachine(profile, machine, { ...facts(i, i < 8 * HOUR_S), dtS: 5 })
      for (const { name, kind, min, max } of properties) {
        const value = machine.values[name]
        if (kind === 'counter') assert.ok(Number(value) >= (last.get(name) ?? 0), `${code}.${name} ran backwards`)
        if (profile.signals[name]?.is === 'thermal')
          assert.ok(Number(value) >= (min ?? 0) && Number(value) <= (max ?? 0), `${code}.${name} = ${value}`)
        last.set(name, Number(value))
      }
    }
  }
})

test('a temperature follows its target with its time constant', () => {
  const profile = profileOf('heat-treatment-furnace')
  const machine = newMachine(profile, 1)
  machine.memory.zone1TemperatureC = 520
  for (let i = 1; i <= 1_800; i++) {
    machine.state = 'producing'
    machine.stateLeftS = 100
    stepMachine(profile, machine, facts(i))
  }
  // One τ = 1,800 s on the way from 520 to 928 °C: 63.2 % of it.
  assert.ok(Math.abs((machine.memory.zone1TemperatureC ?? 0) - (520 + 408 * (1 - Math.exp(-1)))) < 1)
})

test('the same seed gives the same values, another seed others', () => {
  const run = (seed: number) => {
    const setups = [...profiles.keys()].map((code, i) => setup(code, 'p', seed + i))
    const plants = newPlants(setups, start)
    movePlants(plants, setups, allDay, start + 1_800_000)
    return JSON.stringify(plants)
  }
  assert.equal(run(1), run(1))
  assert.notEqual(run(1), run(2))
})

test('a snapshot continues exactly where an uninterrupted run goes', () => {
  const setups = [setup('die-casting-machine'), setup('electricity-meter')]
  const whole = newPlants(setups, start)
  movePlants(whole, setups, allDay, start + 900_000)
  const first = newPlants(setups, start)
  movePlants(first, setups, allDay, start + 300_000)
  const second = JSON.parse(JSON.stringify(first)) as typeof first
  movePlants(second, setups, allDay, start + 900_000)
  assert.deepEqual(second, JSON.parse(JSON.stringify(whole)))
})

test('a plant’s meter shows the sum of its machines and its own base load, and closes each quarter of an hour', () => {
  const setups = [setup('electricity-meter'), setup('die-casting-machine'), setup('trimming-press'), setup('die-casting-machine', 'other')]
  const plants = newPlants(setups, start)
  const at = (key: string): Machine => plants.machines[key] as Machine
  const intervals: Message[] = []
  let kwhAtHalf = 0
  for (let s = 1; s <= 45 * 60; s++) {
    movePlants(plants, setups, [...allDay, { code: 'other', timeZone: 'Asia/Shanghai', shifts: [] }], start + s * 1_000)
    const base = at('p-electricity-meter').powerKw - at('p-die-casting-machine').powerKw - at('p-trimming-press').powerKw
    assert.ok(base > 4.7 && base < 7.3, String(base))
    if (s === 15 * 60) kwhAtHalf = at('p-electricity-meter').energyKwh
    intervals.push(...closedIntervals(models.get('electricity-meter')!, at('p-electricity-meter')))
    if (s === 30 * 60) {
      const closed = intervals.at(-1)
      assert.equal(closed?.ts, start + 30 * 60_000)
      assert.ok(Math.abs(Number(closed?.values.intervalEnergyKwh) - (at('p-electricity-meter').energyKwh - kwhAtHalf)) < 0.01)
    }
  }
  assert.deepEqual(
    intervals.map((i) => (i.ts - start) / 60_000),
    [15, 30, 45].slice(-intervals.length),
  )
})

test('a machine outside its shift is off, in the plant’s own zone and over midnight', () => {
  const night: PlantSetup[] = [{ code: 'p', timeZone: 'Asia/Shanghai', shifts: [{ startMinute: 20 * 60, endMinute: 4 * 60 }] }]
  const setups = [setup('winding-machine')]
  const stateAt = (iso: string) => {
    const plants = newPlants(setups, Date.parse(iso) - 60_000)
    movePlants(plants, setups, night, Date.parse(iso))
    return plants.machines['p-winding-machine']?.state
  }
  assert.equal(stateAt('2026-11-23T11:59:00Z'), 'off')
  assert.notEqual(stateAt('2026-11-23T12:02:00Z'), 'off')
  assert.notEqual(stateAt('2026-11-23T19:58:00Z'), 'off')
  assert.equal(stateAt('2026-11-23T20:01:00Z'), 'off')
})

test('a message shows values on their scale with their decimals, and a broken sensor with bad quality', () => {
  for (const [code, model] of models) {
    const profile = profileOf(code)
    const machine = newMachine(profile, 9)
    for (let i = 1; i <= 600; i++) {
      stepMachine(profile, machine, facts(i))
      const { values } = readingsOf(model, profile, machine, start)
      for (const { name, valueType, min, max, states } of model.properties) {
        const value = values[name]
        if (value === undefined) continue
        assert.equal(typeof value, valueType === 'integer' ? 'number' : valueType, `${code}.${name}`)
        if (min !== undefined) assert.ok(Number(value) >= min, `${code}.${name}`)
        if (max !== undefined) assert.ok(Number(value) <= max, `${code}.${name}`)
        if (states) assert.ok(String(value) in states)
      }
    }
  }
  const profile = profileOf('die-casting-machine')
  const machine = newMachine(profile, 9)
  stepMachine(profile, machine, facts(1))
  machine.brokenSensors = ['dieTemperatureC']
  assert.deepEqual(readingsOf(models.get('die-casting-machine')!, profile, machine, start).q, { dieTemperatureC: 0x84 })
  assert.equal(stateCode.producing, 3)
})
