import type { Bus } from '#kernel/bus.ts'
import type { ClickHouse } from '#kernel/clickhouse.ts'
import type { Clock } from '#kernel/clock.ts'
import type { ConnectionSource, Workdays } from '#kernel/connections.ts'
import type { DocumentKind } from '#kernel/documents.ts'
import type { Files } from '#kernel/files.ts'
import { importLoops } from '#kernel/imports/import-loop.ts'
import type { ImportTables } from '#kernel/imports/import-store.ts'
import { kernelWords } from '#kernel/kernel-words.ts'
import type { Log } from '#kernel/log.ts'
import type { Mailer } from '#kernel/mail.ts'
import type { MasterKeys } from '#kernel/master-keys.ts'
import type { ServerModule } from '#kernel/module.ts'
import type { Notice } from '#kernel/notices.ts'
import { type CheckGrant, moduleDatabase, type Pool, systemDatabase } from '#kernel/postgres.ts'
import { openPrinter, type Printer } from '#kernel/printer.ts'
import type { ReferenceKind } from '#kernel/references.ts'
import type { SearchKind } from '#kernel/searches.ts'
import type { SmsSender } from '#kernel/sms.ts'
import type { TodoKind } from '#kernel/todos.ts'
import type { UsageSource } from '#kernel/usages.ts'
import { type Translate, translator } from '#kernel/words.ts'
import { accessModule } from '#modules/foundation/access/module.ts'
import { collaborationModule } from '#modules/foundation/collaboration/module.ts'
import { notificationsModule } from '#modules/foundation/notifications/module.ts'
import { organisationsModule } from '#modules/foundation/organisations/module.ts'
import { programmeModule } from '#modules/foundation/programme/module.ts'
import { securityModule } from '#modules/foundation/security/module.ts'
import { sharingModule } from '#modules/foundation/sharing/module.ts'
import { integrationModule } from '#modules/insight/integration/module.ts'
import { alarmsModule } from '#modules/shopfloor/alarms/module.ts'
import { commandsModule } from '#modules/shopfloor/commands/module.ts'
import { devicesModule } from '#modules/shopfloor/devices/module.ts'
import { gatewaysModule } from '#modules/shopfloor/gateways/module.ts'
import { plantModule } from '#modules/shopfloor/plant/module.ts'
import { telemetryModule } from '#modules/shopfloor/telemetry/module.ts'
import type { Tier } from '#modules/shopfloor/telemetry/retention.ts'
import { defaultsOf } from '#modules/shopfloor/telemetry/server/retention/retention-rules.ts'
import { templatesModule } from '#modules/shopfloor/templates/module.ts'
import { financeModule } from '#modules/trade/finance/module.ts'
import { inventoryModule } from '#modules/trade/inventory/module.ts'
import { logisticsModule } from '#modules/trade/logistics/module.ts'
import { materialsModule } from '#modules/trade/materials/module.ts'
import { ordersModule } from '#modules/trade/orders/module.ts'
import { sourcingModule } from '#modules/trade/sourcing/module.ts'
import { qualityModule } from '#modules/works/quality/module.ts'
import type { Permissions } from '#values/permission.ts'
import { loadTemplates } from '../../industries/templates.ts'

export interface Surroundings {
  app: Pool
  system: Pool
  clickhouse: ClickHouse
  bus: Bus
  files: Files
  /** Months for which values are kept where an organisation has not said otherwise. */
  retention: Partial<Record<Tier, number | undefined>>
  clock: Clock
  log: Log
  masterKeys: MasterKeys
  /** What the first administrator of an empty platform must know: printed where the server was started. */
  setupCode: string
  demo: boolean
  /** Undefined: no mail server was set. */
  mailer?: Mailer | undefined
  /** Undefined: no gateway for short messages was set. */
  sms?: SmsSender | undefined
  /** As people type it; for links in mails. */
  publicUrl?: string | undefined
  /** What a device's page tells people to connect to. */
  mqttPort: number
  /** Over TLS, where there is a certificate. */
  mqttsPort?: number | undefined
}

/** What every module is made from. `db` and `system` take the tables that the module names. */
type Kit = Surroundings & {
  database: <Tables>() => ReturnType<typeof moduleDatabase<Tables>>
  systemTables: <Tables>() => ReturnType<typeof systemDatabase<Tables>>
  imports: { db: ReturnType<typeof moduleDatabase<ImportTables>>; translate: Translate }
  printing: { printer: Printer; translate: Translate }
  words: () => Record<string, ServerModule['words']>
  permissions: () => Permissions
  references: () => readonly ReferenceKind[]
  notices: () => readonly Notice[]
  connections: () => readonly ConnectionSource[]
  usages: () => readonly UsageSource[]
  workdays: () => Workdays | undefined
  documents: () => readonly DocumentKind[]
  todos: () => readonly (TodoKind & { module: string })[]
  searches: () => readonly (SearchKind & { module: string })[]
}

/** The composition: the one place where modules meet, wing by wing in map order. */
export function composeModules(around: Surroundings) {
  const { app, system, clock, log } = around
  const checkGrant: CheckGrant = (ctx, request) => foundation.sharing.public.checkGrant(ctx, request)
  const database = <Tables>() => moduleDatabase<Tables>(app, checkGrant)
  const systemTables = <Tables>() => systemDatabase<Tables>(system)
  const words = () => Object.fromEntries(modules.map((module) => [module.name, module.words]))
  // Of every module, known when all are made: asked for at the first request, not before.
  let translation: Translate | undefined
  const translate: Translate = (locale, key, values) => {
    translation ??= translator({ ...kernelWords, ...words() })
    return translation(locale, key, values)
  }
  const imports = { db: database<ImportTables>(), translate }
  const printing = { printer: openPrinter(), translate }
  const permissions = (): Permissions => Object.assign({}, ...modules.map((module) => module.permissions))
  const references = () => modules.flatMap((module) => module.references ?? [])
  const notices = () => modules.flatMap((module) => module.notices ?? [])
  const connections = () => modules.flatMap((module) => module.connections ?? [])
  const usages = () => modules.flatMap((module) => module.usages ?? [])
  const workdays = () => modules.find((module) => module.workdays)?.workdays
  const todos = () => modules.flatMap((module) => (module.todos ?? []).map((todo) => ({ ...todo, module: module.name })))
  const searches = () => modules.flatMap((module) => (module.searches ?? []).map((kind) => ({ ...kind, module: module.name })))
  const documents = () => modules.flatMap((module) => module.documents ?? [])
  const kit: Kit = {
    ...around,
    database,
    systemTables,
    imports,
    printing,
    words,
    permissions,
    references,
    notices,
    documents,
    todos,
    searches,
    connections,
    usages,
    workdays,
  }

  const foundation = composeFoundation(kit)
  const shopfloor = composeShopfloor(kit, foundation)
  const trade = composeTrade(kit, foundation, shopfloor)
  const works = composeWorks(kit, foundation, trade)
  const insight = composeInsight(kit, foundation, shopfloor)

  const modules: readonly ServerModule[] = [
    ...Object.values(foundation),
    ...Object.values(shopfloor),
    ...Object.values(trade),
    ...Object.values(works),
    ...Object.values(insight),
    // New modules above this line.
  ]
  const definitions = modules.flatMap((module) => module.imports ?? [])
  const importWork = importLoops({ ...imports, system: systemTables(), definitions, clock, log })
  return { modules, translate, importWork, ...foundation, ...shopfloor, ...trade, ...works }
}
export type Composition = ReturnType<typeof composeModules>

function composeFoundation(kit: Kit) {
  const { database, systemTables, clock, permissions, setupCode, demo, masterKeys, words, notices } = kit
  const organisations = organisationsModule({ db: database(), system: systemTables(), usages: kit.usages })
  const access = accessModule({
    db: database(),
    system: systemTables(),
    organisations: organisations.public,
    clock,
    permissions,
    setupCode,
    demo,
  })
  const sharing = sharingModule({ db: database(), organisations: organisations.public })
  const security = securityModule({ db: database(), system: systemTables(), masterKeys, words })
  const notifications = notificationsModule({
    db: database(),
    system: systemTables(),
    access: access.public,
    organisations: organisations.public,
    clock,
    notices,
    translate: kit.imports.translate,
    mailer: kit.mailer,
    sms: kit.sms,
    publicUrl: kit.publicUrl,
    security: security.public,
    documents: kit.documents,
    webhookRules: {},
  })
  const programme = programmeModule({
    db: database(),
    system: systemTables(),
    organisations: organisations.public,
    access: access.public,
    files: kit.files,
    imports: kit.imports,
    clock,
    connections: kit.connections,
    workdays: kit.workdays,
  })
  const collaboration = collaborationModule({
    db: database(),
    access: access.public,
    organisations: organisations.public,
    notifications: notifications.public,
    files: kit.files,
    clock,
    documents: kit.documents,
    todos: kit.todos,
    searches: kit.searches,
  })
  return { organisations, access, sharing, security, notifications, collaboration, programme }
}

function composeShopfloor(
  { database, systemTables, clickhouse, bus, files, retention, clock, log, mqttPort, mqttsPort, imports }: Kit,
  { organisations, access, sharing, security }: ReturnType<typeof composeFoundation>,
) {
  const plant = plantModule({ db: database() })
  const devices = devicesModule({
    db: database(),
    system: systemTables(),
    organisations: organisations.public,
    sharing: sharing.public,
    plant: plant.public,
    imports,
    files,
    clock,
    mqttPort,
    mqttsPort,
  })
  const gateways = gatewaysModule({
    db: database(),
    system: systemTables(),
    organisations: organisations.public,
    security: security.public,
    plant: plant.public,
    devices: devices.public,
    imports,
    bus,
    clock,
    mqtt: { port: mqttsPort ?? mqttPort, secure: mqttsPort !== undefined },
  })
  const telemetry = telemetryModule({
    db: database(),
    system: systemTables(),
    clickhouse,
    bus,
    organisations: organisations.public,
    plant: plant.public,
    devices: devices.public,
    byDefault: defaultsOf(retention),
    gateways: gateways.public,
    files,
    clock,
    log,
  })
  const commands = commandsModule({
    db: database(),
    system: systemTables(),
    organisations: organisations.public,
    plant: plant.public,
    devices: devices.public,
    gateways: gateways.public,
    clock,
  })
  const alarms = alarmsModule({
    db: database(),
    system: systemTables(),
    bus,
    organisations: organisations.public,
    access: access.public,
    devices: devices.public,
    telemetry: telemetry.public,
    translate: imports.translate,
    imports,
    clock,
    log,
  })
  const templates = templatesModule({
    db: database(),
    templates: loadTemplates,
    organisations: organisations.public,
    plant: plant.public,
    devices: devices.public,
    gateways: gateways.public,
    alarms: alarms.public,
  })
  return { plant, devices, gateways, telemetry, commands, alarms, templates }
}

function composeTrade(
  { database, files, imports, printing, systemTables, clock }: Kit,
  { organisations }: ReturnType<typeof composeFoundation>,
  { devices }: ReturnType<typeof composeShopfloor>,
) {
  const materials = materialsModule({ db: database(), organisations: organisations.public, devices: devices.public, files, imports })
  const orders = ordersModule({
    db: database(),
    system: systemTables(),
    clock,
    organisations: organisations.public,
    materials: materials.public,
    imports,
    printing,
    bounds: () => [sourcing.public.boundCallOff],
    termLimit: (tx, of) => finance.public.limitTerms(tx, of),
  })
  const sourcing = sourcingModule({
    db: database(),
    system: systemTables(),
    organisations: organisations.public,
    materials: materials.public,
    orders: orders.public,
    termLimit: (tx, of) => finance.public.limitTerms(tx, of),
    clock,
  })
  const inventory = inventoryModule({ db: database(), organisations: organisations.public, materials: materials.public, imports, printing })
  const finance = financeModule({
    db: database(),
    system: systemTables(),
    organisations: organisations.public,
    inventory: inventory.public,
    clock,
    printing,
  })
  const logistics = logisticsModule({
    db: database(),
    organisations: organisations.public,
    materials: materials.public,
    orders: orders.public,
    inventory: inventory.public,
    finance: finance.public,
    files,
    clock,
    ...printing,
  })
  return { materials, orders, sourcing, inventory, finance, logistics }
}

const composeWorks = (
  { database, printing, clock }: Kit,
  { organisations }: ReturnType<typeof composeFoundation>,
  { logistics }: ReturnType<typeof composeTrade>,
) => ({
  quality: qualityModule({ db: database(), organisations: organisations.public, logistics: logistics.public, ...printing, clock }),
})

const composeInsight = (
  { database, references }: Kit,
  { organisations, access }: ReturnType<typeof composeFoundation>,
  { plant, devices }: ReturnType<typeof composeShopfloor>,
) => ({
  integration: integrationModule({
    db: database(),
    kinds: references,
    organisations: organisations.public,
    access: access.public,
    plant: plant.public,
    devices: devices.public,
  }),
})
