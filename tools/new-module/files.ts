export interface ModuleNames {
  wing: string
  module: string
  entity: string
  Entity: string
  zhName: string
}

/** The files of a new module by their path in its folder: one entity with list, create and rename, from migration to page. */
export const moduleFiles = (n: ModuleNames): Record<string, string> => ({
  'README.md': readme(n),
  'contract.ts': contract(n),
  'errors.ts': errors(n),
  'module.ts': moduleFile(n),
  'zh.json': words(
    n.zhName,
    '新建',
    '名称',
    '名称已存在。',
    `没有这个${n.zhName}。`,
    '他人已修改，请刷新后重试。',
    `还没有${n.zhName}，请先新建。`,
  ),
  'en.json': words(
    n.module,
    'New',
    'Name',
    'This name is taken.',
    `No such ${n.entity}.`,
    'Somebody changed it meanwhile; reload and try again.',
    `No ${n.module} yet; make the first one.`,
  ),
  'server/migrations/0001-first.sql': migration(n),
  'server/tables.ts': tables(n),
  [`server/${n.entity}-store.ts`]: store(n),
  [`server/create-${n.entity}.ts`]: create(n),
  [`server/rename-${n.entity}.ts`]: rename(n),
  'server/routes.ts': routes(n),
  [`server/${n.module}.test.ts`]: useCaseTest(n),
  'web/pages.ts': pages(n),
  [`web/${n.module}-page.tsx`]: page(n),
})

const readme = (n: ModuleNames) => `# ${n.module} · ${n.zhName}

What it is for, who uses it, which standard it follows: write it here in at most 60 lines.

- Table: \`${n.module}.${n.entity}\` (one organisation's rows).
- Invariant: a name is unique within an organisation.
- Try it: \`npm start\`, page \`/${n.module}\`.
`

const contract = (n: ModuleNames) => `import { z } from 'zod'
import { endpoint } from '#values/endpoint.ts'
import { idOf } from '#values/ids.ts'
import { listQuery, pageOf } from '#values/list.ts'
import { permissions } from '#values/permission.ts'
import { ${n.module}Errors } from './errors.ts'

export const ${n.Entity}Id = idOf('${n.Entity}')
export type ${n.Entity}Id = z.infer<typeof ${n.Entity}Id>

export const ${n.module}Permissions = permissions('${n.module}', {
  read: ['owner', 'systemAdmin', 'engineer', 'staff'],
  manage: ['owner', 'engineer'],
})

const Name = z.string().trim().min(1).max(120)

export const ${n.Entity} = z.object({ id: ${n.Entity}Id, name: Name, version: z.int() })
export type ${n.Entity} = z.infer<typeof ${n.Entity}>

export const ${n.module}Api = {
  list: endpoint({
    method: 'GET',
    path: '/${n.module}',
    summary: 'The ${n.module} of the organisation.',
    permission: '${n.module}.read',
    params: z.object({}),
    query: listQuery(['name']),
    body: z.undefined(),
    response: pageOf(${n.Entity}),
    errors: [],
  }),
  create: endpoint({
    method: 'POST',
    path: '/${n.module}',
    summary: 'Adds one.',
    permission: '${n.module}.manage',
    params: z.object({}),
    query: z.object({}),
    body: z.object({ name: Name }),
    response: ${n.Entity},
    status: 201,
    errors: [${n.module}Errors.nameTaken],
  }),
  rename: endpoint({
    method: 'PATCH',
    path: '/${n.module}/:id',
    summary: 'Renames one.',
    permission: '${n.module}.manage',
    params: z.object({ id: ${n.Entity}Id }),
    query: z.object({}),
    body: z.object({ version: z.int(), name: Name }),
    response: ${n.Entity},
    errors: [${n.module}Errors.notFound, ${n.module}Errors.changedMeanwhile, ${n.module}Errors.nameTaken],
  }),
}
`

const errors = (n: ModuleNames) => `import { defineErrors } from '#values/errors.ts'

export const ${n.module}Errors = defineErrors('${n.module}', {
  notFound: { status: 404, message: 'No such ${n.entity}.' },
  nameTaken: { status: 409, message: 'This name is taken.' },
  changedMeanwhile: { status: 409, message: 'Somebody changed it meanwhile.' },
})
`

const moduleFile = (n: ModuleNames) => `import type { ServerModule } from '#kernel/module.ts'
import { ${n.module}Api, ${n.module}Permissions } from './contract.ts'
import en from './en.json' with { type: 'json' }
import { ${n.module}Routes } from './server/routes.ts'
import type { ${cap(n.module)}Database } from './server/tables.ts'
import zh from './zh.json' with { type: 'json' }

export const ${n.module}Module = ({ db }: { db: ${cap(n.module)}Database }): ServerModule => ({
  name: '${n.module}',
  api: ${n.module}Api,
  permissions: ${n.module}Permissions,
  words: { zh, en },
  routes: ${n.module}Routes(db),
})
`

const words = (name: string, create: string, field: string, taken: string, missing: string, changed: string, empty: string) =>
  `${JSON.stringify(
    {
      name,
      menu: { list: name },
      errors: { notFound: missing, nameTaken: taken, changedMeanwhile: changed },
      permissions: { read: name, manage: `${create} · ${name}` },
      create,
      field: { name: field },
      empty,
    },
    null,
    2,
  )}\n`

const migration = (n: ModuleNames) => `create schema ${n.module};
grant usage on schema ${n.module} to lianshu_app;

create table ${n.module}.${snake(n.entity)} (
  org_id uuid not null,
  id uuid not null default uuidv7(),
  name text not null,
  version int not null default 1,
  primary key (org_id, id),
  constraint ${snake(n.entity)}_name unique (org_id, name)
);
select kernel.tenant_table('${n.module}.${snake(n.entity)}');
select kernel.audited('${n.module}.${snake(n.entity)}');
`

const tables = (n: ModuleNames) => `import type { Generated } from 'kysely'
import type { ModuleDatabase, Tx } from '#kernel/postgres.ts'
import type { OrgId } from '#values/ids.ts'
import type { ${n.Entity}Id } from '../contract.ts'

interface ${cap(n.module)}Tables {
  '${n.module}.${snake(n.entity)}': { org_id: OrgId; id: Generated<${n.Entity}Id>; name: string; version: Generated<number> }
}
export type ${cap(n.module)}Database = ModuleDatabase<${cap(n.module)}Tables>
export type ${cap(n.module)}Tx = Tx<${cap(n.module)}Tables>
`

const store = (n: ModuleNames) => `import { readPage } from '#kernel/page.ts'
import type { ListQuery } from '#values/list.ts'
import type { ${n.Entity}Id } from '../contract.ts'
import type { ${cap(n.module)}Tx } from './tables.ts'

const rows = (tx: ${cap(n.module)}Tx) => tx.sql.selectFrom('${n.module}.${snake(n.entity)}').select(['id', 'name', 'version']).where('org_id', '=', tx.orgId)

export const list${cap(n.module)} = (tx: ${cap(n.module)}Tx, list: ListQuery) =>
  readPage(
    tx,
    list.search ? rows(tx).where('name', 'like', \`%\${list.search.replace(/[\\\\%_]/g, '\\\\$&')}%\`) : rows(tx),
    list,
    { sorts: { name: { by: 'name', type: 'text' } }, id: 'id' },
    ({ id, name, version }) => ({ id, name, version }),
  )

export const lock${n.Entity} = (tx: ${cap(n.module)}Tx, id: ${n.Entity}Id) => rows(tx).where('id', '=', id).forUpdate().executeTakeFirst()

export const insert${n.Entity} = (tx: ${cap(n.module)}Tx, name: string) =>
  tx.sql.insertInto('${n.module}.${snake(n.entity)}').values({ org_id: tx.orgId, name }).returning(['id', 'name', 'version']).executeTakeFirstOrThrow()

export const set${n.Entity}Name = (tx: ${cap(n.module)}Tx, id: ${n.Entity}Id, name: string) =>
  tx.sql
    .updateTable('${n.module}.${snake(n.entity)}')
    .set((eb) => ({ name, version: eb('version', '+', 1) }))
    .where('org_id', '=', tx.orgId)
    .where('id', '=', id)
    .returning(['id', 'name', 'version'])
    .executeTakeFirstOrThrow()
`

const create = (n: ModuleNames) => `import type { Context } from '#kernel/context.ts'
import { violatedUnique } from '#kernel/postgres.ts'
import { ${n.module}Errors } from '../errors.ts'
import { insert${n.Entity} } from './${n.entity}-store.ts'
import type { ${cap(n.module)}Database } from './tables.ts'

export const create${n.Entity} = (db: ${cap(n.module)}Database, ctx: Context, { name }: { name: string }) =>
  db
    .inTenant(ctx, (tx) => insert${n.Entity}(tx, name))
    .catch((error: unknown) => {
      throw violatedUnique(error) === '${snake(n.entity)}_name' ? ${n.module}Errors.nameTaken({ name }) : error
    })
`

const rename = (n: ModuleNames) => `import type { Context } from '#kernel/context.ts'
import { violatedUnique } from '#kernel/postgres.ts'
import type { ${n.Entity}Id } from '../contract.ts'
import { ${n.module}Errors } from '../errors.ts'
import { lock${n.Entity}, set${n.Entity}Name } from './${n.entity}-store.ts'
import type { ${cap(n.module)}Database } from './tables.ts'

export const rename${n.Entity} = (db: ${cap(n.module)}Database, ctx: Context, id: ${n.Entity}Id, { version, name }: { version: number; name: string }) =>
  db
    .inTenant(ctx, async (tx) => {
      const ${n.entity} = await lock${n.Entity}(tx, id)
      if (!${n.entity}) throw ${n.module}Errors.notFound({ id })
      if (${n.entity}.version !== version) throw ${n.module}Errors.changedMeanwhile({ id, version: ${n.entity}.version })
      return set${n.Entity}Name(tx, id, name)
    })
    .catch((error: unknown) => {
      throw violatedUnique(error) === '${snake(n.entity)}_name' ? ${n.module}Errors.nameTaken({ name }) : error
    })
`

const routes = (n: ModuleNames) => `import type { Routes } from '#kernel/http.ts'
import { ${n.module}Api } from '../contract.ts'
import { create${n.Entity} } from './create-${n.entity}.ts'
import { list${cap(n.module)} } from './${n.entity}-store.ts'
import { rename${n.Entity} } from './rename-${n.entity}.ts'
import type { ${cap(n.module)}Database } from './tables.ts'

export const ${n.module}Routes =
  (db: ${cap(n.module)}Database): Routes =>
  (on) => {
    on.serve(${n.module}Api.list, ({ ctx, query }) => db.inTenant(ctx, (tx) => list${cap(n.module)}(tx, query)))
    on.serve(${n.module}Api.create, ({ ctx, body }) => create${n.Entity}(db, ctx, body))
    on.serve(${n.module}Api.rename, ({ ctx, params, body }) => rename${n.Entity}(db, ctx, params.id, body))
  }
`

const useCaseTest = (n: ModuleNames) => `import assert from 'node:assert/strict'
import { test } from 'node:test'
import { moduleDatabase } from '#kernel/postgres.ts'
import { testContext } from '../../../../tests/context.ts'
import { testPools } from '../../../../tests/pools.ts'
import { ${n.module}Errors } from '../errors.ts'
import { create${n.Entity} } from './create-${n.entity}.ts'
import { list${cap(n.module)} } from './${n.entity}-store.ts'
import { rename${n.Entity} } from './rename-${n.entity}.ts'
import type { ${cap(n.module)}Database } from './tables.ts'

test('a name is given once, changed with the right version only, and seen by no other organisation', async (t) => {
  const { app } = await testPools(t)
  const db = moduleDatabase(app, () => Promise.reject(new Error('no grant'))) as ${cap(n.module)}Database
  const [ours, theirs] = [testContext(), testContext()]
  const list = (ctx: typeof ours) => db.inTenant(ctx, (tx) => list${cap(n.module)}(tx, { sort: 'name', limit: 50 }))

  const made = await create${n.Entity}(db, ours, { name: 'one' })
  await assert.rejects(create${n.Entity}(db, ours, { name: 'one' }), { code: ${n.module}Errors.nameTaken.code })
  await assert.rejects(rename${n.Entity}(db, theirs, made.id, { version: 1, name: 'mine' }), { code: ${n.module}Errors.notFound.code })
  assert.equal((await rename${n.Entity}(db, ours, made.id, { version: 1, name: 'two' })).version, 2)
  await assert.rejects(rename${n.Entity}(db, ours, made.id, { version: 1, name: 'three' }), { code: ${n.module}Errors.changedMeanwhile.code })

  assert.deepEqual((await list(ours)).items, [{ id: made.id, name: 'two', version: 2 }])
  assert.deepEqual(await list(theirs), { items: [], nextCursor: null, total: 0, totalCapped: false })
})
`

const pages = (n: ModuleNames) => `import type { ModulePages } from '#ui/module-pages.ts'
import zh from '../zh.json'

export const ${n.module}Pages: ModulePages = {
  module: '${n.module}',
  words: { zh, en: () => import('../en.json') },
  menu: [{ group: '${n.wing === 'shopfloor' ? 'shopfloor' : 'chain'}', path: '/${n.module}', label: 'menu.list', icon: 'list', permission: '${n.module}.read', order: 90 }],
  routes: [{ path: '/${n.module}', permission: '${n.module}.read', lazy: () => import('./${n.module}-page.tsx') }],
}
`

const page = (n: ModuleNames) => `import { call } from '#ui/api.ts'
import { DataTable } from '#ui/data-table.tsx'
import { useWords } from '#ui/i18n.ts'
import { Page } from '#ui/page.tsx'
import { type ${n.Entity}, ${n.module}Api } from '../contract.ts'

export function Component() {
  const t = useWords('${n.module}')
  return (
    <Page title={t('name')}>
      <DataTable<${n.Entity}>
        name="${n.module}"
        label={t('name')}
        queryKey={['${n.module}']}
        rowKey={(row) => row.id}
        defaultSort="name"
        pageQuery={(query, signal) => call(${n.module}Api.list, { query: query as never, signal })}
        columns={[{ key: 'name', title: t('field.name'), sort: 'name', render: (row) => row.name }]}
        empty={{ text: t('empty') }}
      />
    </Page>
  )
}
`

const cap = (word: string) => word.charAt(0).toUpperCase() + word.slice(1)
const snake = (word: string) => word.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`)
