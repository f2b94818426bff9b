import { PlusOutlined } from '@ant-design/icons'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input, Select, Switch } from 'antd'
import { useState } from 'react'
import { call } from '#ui/api.ts'
import { useNow } from '#ui/clock.ts'
import { type Column, DataTable } from '#ui/data-table.tsx'
import { EditDrawer } from '#ui/form.tsx'
import { formatAge, formatDateTime } from '#ui/format.ts'
import { useWords } from '#ui/i18n.ts'
import { localPage } from '#ui/local-page.ts'
import { Page, StatusTag } from '#ui/page.tsx'
import { useCan } from '#ui/session.ts'
import { type ApiClient, accessApi } from '../contract.ts'
import { PermissionField } from './permission-matrix.tsx'
import { accessQueries, permissionName, useSites } from './queries.ts'
import { type Secret, SecretOnce } from './secret-once.tsx'
import './access.css'

/** Programs that call the platform: other systems of the organisation, integrators. */
export function Component() {
  const t = useWords('access')
  const canManage = useCan('access.manageClients')
  const now = useNow(30_000)
  const [editing, setEditing] = useState<ApiClient | 'new'>()
  const [secret, setSecret] = useState<Secret>()
  const add = canManage && (
    <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => setEditing('new')}>
      {t('addClient')}
    </Button>
  )
  const columns: Column<ApiClient>[] = [
    { key: 'name', title: t('clientName'), sort: 'name', render: (c) => c.name, text: (c) => c.name },
    { key: 'id', title: t('clientId'), render: (c) => <code>{c.id}</code>, text: (c) => c.id },
    {
      key: 'scopes',
      title: t('scopes'),
      render: (c) => <span title={c.scopes.map((s) => permissionName(s, t)).join('、')}>{t('scopeCount', { n: c.scopes.length })}</span>,
      text: (c) => c.scopes.map((s) => permissionName(s, t)).join('、'),
    },
    {
      key: 'createdAt',
      title: t('createdAt'),
      sort: 'createdAt',
      render: (c) => formatDateTime(c.createdAt),
      text: (c) => formatDateTime(c.createdAt),
    },
    {
      key: 'lastUsedAt',
      title: t('lastUsed'),
      sort: 'lastUsedAt',
      render: (c) => (c.lastUsedAt ? formatAge(c.lastUsedAt, now, t) : t('never')),
      text: (c) => formatDateTime(c.lastUsedAt),
    },
    {
      key: 'active',
      title: t('state'),
      render: (c) => <StatusTag tone={c.active ? 'good' : 'neutral'}>{t(c.active ? 'active' : 'inactive')}</StatusTag>,
      text: (c) => t(c.active ? 'active' : 'inactive'),
    },
  ]
  return (
    <Page title={t('clients')} subtitle={t('clientsSubtitle')} actions={add}>
      <DataTable<ApiClient>
        name="api-clients"
        label={t('clients')}
        columns={columns}
        rowKey={(c) => c.id}
        queryKey={accessQueries.clients.queryKey}
        pageQuery={async (query, signal) =>
          localPage((await call(accessApi.clients, { signal })).clients, query, {
            text: (c) => c.name,
            sorts: { name: (c) => c.name, createdAt: (c) => c.createdAt, lastUsedAt: (c) => c.lastUsedAt },
          })
        }
        defaultSort="name"
        onOpen={setEditing}
        empty={{ text: t('noClients'), action: add }}
      />
      <ClientForm client={editing} onClose={() => setEditing(undefined)} onSecret={setSecret} />
      <SecretOnce secret={secret} onClose={() => setSecret(undefined)} />
    </Page>
  )
}

interface ClientValues {
  name: string
  scopes: string[]
  siteIds?: string[]
  active?: boolean
}

function ClientForm(props: { client: ApiClient | 'new' | undefined; onClose: () => void; onSecret: (secret: Secret) => void }) {
  const t = useWords('access')
  const queryClient = useQueryClient()
  const canManage = useCan('access.manageClients')
  const roles = useQuery(accessQueries.roles)
  const sites = useSites()
  const client = props.client === 'new' ? undefined : props.client
  const refresh = () => queryClient.invalidateQueries({ queryKey: accessQueries.clients.queryKey })

  const submit = async ({ name, scopes, siteIds, active }: ClientValues) => {
    const shared = { name, scopes, siteIds: siteIds ?? client?.siteIds ?? [] }
    if (client) {
      await call(accessApi.updateClient, {
        params: { id: client.id },
        body: { ...shared, version: client.version, active: active ?? client.active },
      })
    } else {
      const made = await call(accessApi.createClient, { body: shared })
      const facts = [{ label: t('clientId'), value: made.client.id }]
      props.onSecret({ title: t('clientAdded', { name }), facts, label: t('clientSecret'), secret: made.secret })
    }
    await refresh()
  }
  return (
    <EditDrawer<ClientValues>
      key={client?.id ?? 'new'}
      open={props.client !== undefined}
      width={640}
      title={client ? client.name : t('addClient')}
      {...(client ? { initialValues: { name: client.name, scopes: client.scopes, siteIds: client.siteIds, active: client.active } } : {})}
      disabledReason={canManage ? undefined : t('ui:form.notAllowed')}
      onSubmit={submit}
      onClose={props.onClose}
      onReload={() => void refresh()}
      fieldOfCode={{ 'access.nameTaken': 'name', 'access.cannotGrant': 'scopes', 'access.unknownPermission': 'scopes' }}
      successText={client ? t('ui:saved') : false}
    >
      <Form.Item name="name" label={t('clientName')} rules={[{ required: true, whitespace: true }]}>
        <Input autoFocus maxLength={60} disabled={!canManage} placeholder={t('clientExample')} />
      </Form.Item>
      <Form.Item name="scopes" label={t('scopes')} extra={t('scopesHint')} rules={[{ required: true }]}>
        <PermissionField all={roles.data?.permissions ?? []} readOnly={!canManage} />
      </Form.Item>
      {sites.length > 0 && (
        <Form.Item name="siteIds" label={t('sites')} extra={t('sitesHint')}>
          <Select
            mode="multiple"
            options={sites}
            disabled={!canManage}
            placeholder={t('allSites')}
            showSearch={{ optionFilterProp: 'label' }}
          />
        </Form.Item>
      )}
      {client && (
        <Form.Item name="active" label={t('accountActive')} valuePropName="checked" extra={t('clientDeactivateHint')}>
          <Switch disabled={!canManage} />
        </Form.Item>
      )}
    </EditDrawer>
  )
}
