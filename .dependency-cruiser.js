import { moduleMap } from './module-map.js'

// The house's doors as rules (ARCHITECTURE.md, "Rules that a machine enforces"); which module may use which is module-map.js.

const escaped = (path) => path.replaceAll('/', '\\/')
const test = ['\\.test\\.tsx?$', '/test-[^/]+\\.ts$']

/** A protocol as data: what pages, server and contracts may know of the gateway's folder. */
const protocolData = '^edge/drivers/([^/]+/(config|address)|protocols|protocol|protocol-fields)\\.ts$'

/** @type {import('dependency-cruiser').IForbiddenRuleType[]} */
const moduleRules = Object.entries(moduleMap).flatMap(([module, uses]) => {
  const from = { path: `^modules/${escaped(module)}/`, pathNot: test }
  const reachable = [module, ...uses].map(escaped).join('|')
  return [
    {
      name: `map: ${module}`,
      comment: `modules/${module} may use ${uses.length > 0 ? uses.join(', ') : 'no other module'} (module-map.js).`,
      severity: 'error',
      from,
      to: { path: '^modules/', pathNot: `^modules/(${reachable})/` },
    },
    {
      name: `door: ${module}`,
      comment: 'Another module is used through its contract.ts (with the errors.ts that it names) and its public.ts, and by nothing else.',
      severity: 'error',
      from,
      to: { path: '^modules/', pathNot: [`^modules/${escaped(module)}/`, '^modules/[^/]+/[^/]+/(contract|errors|public)\\.ts$'] },
    },
  ]
})

/** @type {import('dependency-cruiser').IConfiguration} */
const configuration = {
  forbidden: [
    ...moduleRules,
    {
      name: 'every module is in the map',
      severity: 'error',
      from: { path: '^modules/', pathNot: `^modules/(${Object.keys(moduleMap).map(escaped).join('|')})/` },
      to: {},
    },
    // Imports of types alone are gone before anything runs.
    { name: 'no cycles', severity: 'error', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
    {
      name: 'values stand on zod alone',
      severity: 'error',
      from: { path: '^values/', pathNot: test },
      to: { pathNot: ['^values/', '^node_modules/zod/'] },
    },
    {
      name: 'the kernel knows no business',
      severity: 'error',
      from: { path: '^kernel/', pathNot: test },
      to: { path: '^(modules|apps|ui|simulator|embedded)/' },
    },
    {
      name: 'pages know contracts only',
      severity: 'error',
      from: { path: '^(modules/[^/]+/[^/]+/web/|ui/|apps/web/)' },
      to: { path: '^(kernel/|apps/server/|apps/supervisor/|embedded/|modules/[^/]+/[^/]+/(server/|module\\.ts))' },
    },
    {
      name: 'contracts run anywhere',
      severity: 'error',
      from: { path: '^modules/[^/]+/[^/]+/(contract|errors)\\.ts$' },
      to: { path: '^(kernel|ui|apps)/|^modules/[^/]+/[^/]+/(server|web)/' },
    },
    {
      name: 'the server knows no pages',
      severity: 'error',
      from: { path: '^(kernel/|apps/server/|modules/[^/]+/[^/]+/server/)' },
      to: { path: '^(ui/|apps/web/|modules/[^/]+/[^/]+/web/)' },
    },
    {
      name: 'embedded stores are behind URLs',
      severity: 'error',
      from: { path: '^(kernel|modules|apps/server)/', pathNot: [...test, '^apps/server/remove-demo\\.ts$'] },
      to: { path: '^embedded/' },
    },
    {
      name: 'the gateway stands on values and contracts',
      severity: 'error',
      from: { path: '^edge/', pathNot: test },
      to: {
        path: '^(kernel|modules|apps|ui|embedded|simulator|industries|tools)/',
        pathNot: '^modules/[^/]+/[^/]+/(contract|errors)\\.ts$',
      },
    },
    {
      name: 'of the gateway only protocols as data are known',
      severity: 'error',
      from: { path: '^(values|kernel|modules|apps|ui|embedded)/', pathNot: test },
      to: { path: '^edge/', pathNot: protocolData },
    },
    {
      name: 'plants speak by drivers’ simulators',
      severity: 'error',
      from: { path: '^simulator/', pathNot: test },
      to: { path: '^edge/', pathNot: [protocolData, '^edge/drivers/[^/]+/simulator\\.ts$'] },
    },
    {
      name: 'protocols as data run anywhere',
      severity: 'error',
      from: { path: protocolData },
      to: { path: '^edge/', pathNot: protocolData, dependencyTypesNot: ['type-only'] },
    },
    { name: 'protocols as data need no Node', severity: 'error', from: { path: protocolData }, to: { dependencyTypes: ['core'] } },
    {
      name: 'a driver knows no other and no gateway',
      severity: 'error',
      from: { path: '^edge/drivers/([^/]+)/', pathNot: test },
      to: { path: '^edge/(gateway|drivers/[^/]+)/', pathNot: '^edge/drivers/$1/' },
    },
    {
      name: 'only tests use test set-up',
      severity: 'error',
      from: { path: '^(kernel|modules|apps|values|ui|embedded|simulator|edge)/', pathNot: test },
      to: { path: '^tests/' },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    // TypeScript 7 has no parser that dependency-cruiser can use: without swc it would see nothing and pass.
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['^apps/web/dist/', '\\.(css|svg|png|json)$', '\\?url$'] },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.json'],
      importsFields: ['imports'],
    },
  },
}

export default configuration
