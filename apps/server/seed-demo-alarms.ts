import type { DemoChain } from '../../industries/demo/chain.ts'
import { loadDemoAlarms } from '../../industries/demo/demo-alarms.ts'
import { loadThingModels } from '../../industries/thing-models.ts'
import type { DemoDeps, OrganisationContexts } from './demo-context.ts'

/** Each plant's alarm rules, for the thing models that its machines have. */
export async function seedAlarms({ composition }: DemoDeps, chain: DemoChain, contexts: OrganisationContexts): Promise<void> {
  const { everyMachine, models } = loadDemoAlarms()
  const known = loadThingModels()
  await Promise.all(
    chain.plants.map(async ({ organisation, workshops }) => {
      const ctx = contexts.get(organisation)
      if (!ctx) throw new Error(`No organisation ${organisation}`)
      const codes = new Set(workshops.flatMap(({ lines }) => lines.flatMap(({ machines }) => machines.map((machine) => machine.model))))
      for (const modelCode of codes) {
        const own = models[modelCode] ?? []
        const has = new Set(known.get(modelCode)?.properties.map((property) => property.name))
        // A model's own rule for a point stands for the one that every machine has.
        const usual = everyMachine.filter(({ pointName }) => has.has(pointName) && !own.some((rule) => rule.pointName === pointName))
        for (const rule of [...usual, ...own]) await composition.alarms.public.createRule(ctx, { ...rule, deviceId: null, modelCode })
      }
    }),
  )
}
