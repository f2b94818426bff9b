import { type Imports, serveImport } from '#kernel/imports/import-service.ts'
import type { ServerModule } from '#kernel/module.ts'
import { narrow } from '#kernel/postgres.ts'
import { prefixed } from '#values/import.ts'
import { alarmsApi, alarmsPermissions } from './contract.ts'
import en from './en.json' with { type: 'json' }
import { ruleImport } from './import-contract.ts'
import type { AlarmsPublic } from './public.ts'
import { dueLoop } from './server/due-alarms.ts'
import { evaluationLoop } from './server/evaluation/evaluate.ts'
import { ruleImportDefinition } from './server/import-rules.ts'
import rowsEn from './server/import-words/en.json' with { type: 'json' }
import rowsZh from './server/import-words/zh.json' with { type: 'json' }
import { alarmsNotices, alarmsTodos } from './server/notices.ts'
import type { Rooms } from './server/rooms.ts'
import { alarmsRoutes } from './server/routes.ts'
import { addRule, createRule, rulesOfModels } from './server/rules.ts'
import type { AlarmsTables } from './server/tables.ts'
import zh from './zh.json' with { type: 'json' }

export const alarmsModule = ({ imports, ...rooms }: Rooms & { imports: Imports }): ServerModule & { public: AlarmsPublic } => {
  const rules = ruleImportDefinition(rooms)
  return {
    name: 'alarms',
    api: { ...alarmsApi, ...prefixed('ruleImport', ruleImport) },
    permissions: alarmsPermissions,
    // What the server alone says of a file's rows stays out of the pages' first script.
    words: { zh: { ...zh, importRows: rowsZh }, en: { ...en, importRows: rowsEn } },
    routes: (on) => {
      alarmsRoutes(rooms)(on)
      serveImport(on, ruleImport, rules, imports)
    },
    imports: [rules],
    notices: alarmsNotices,
    todos: alarmsTodos,
    loops: [evaluationLoop(rooms), dueLoop(rooms)],
    public: {
      createRule: async (ctx, input) => (await createRule(rooms, ctx, input)).id,
      addRule: async (tx, ctx, input) => (await addRule(rooms, narrow<AlarmsTables>(tx), ctx, input)).id,
      rulesOfModels: (tx, modelCodes) => rulesOfModels(narrow<AlarmsTables>(tx), modelCodes),
    },
  }
}
