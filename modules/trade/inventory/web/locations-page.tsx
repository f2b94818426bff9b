import { PlusOutlined, UploadOutlined } from '@ant-design/icons'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input, Select, Switch } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { call } from '#ui/api.ts'
import { type Column, DataTable, type Filter } from '#ui/data-table.tsx'
import { EditDrawer } from '#ui/form.tsx'
import { EMPTY } from '#ui/format.ts'
import { useWords } from '#ui/i18n.ts'
import { Page, StatusTag } from '#ui/page.tsx'
import { useCan } from '#ui/session.ts'
import { inventoryApi, type Location, type LocationId } from '../contract.ts'
import { inventoryQueries } from './queries.ts'

const isSystem = (location: Location) => location.kind !== 'warehouse' && location.kind !== 'bin'

export function Component() {
  const t = useWords('inventory')
  const canManage = useCan('inventory.manage')
  const [edited, setEdited] = useState<Location | 'new'>()
  const warehouses = useQuery(inventoryQueries.warehouses)
  const filters: Filter[] = [
    {
      key: 'kind',
      label: t('location.kind'),
      options: ['warehouse', 'bin', 'system'].map((value) => ({ value, label: t(`kindFilter.${value}`) })),
    },
    {
      key: 'warehouseId',
      label: t('location.warehouse'),
      options: (warehouses.data?.items ?? []).map((w) => ({ value: w.id, label: `${w.code} ${w.name}` })),
    },
  ]
  const nameOf = (l: Location) => (isSystem(l) ? t(`kinds.${l.kind}`) : l.name)
  const columns: Column<Location>[] = [
    {
      key: 'code',
      title: t('location.code'),
      sort: 'code',
      render: (l) => (isSystem(l) ? EMPTY : l.code),
      text: (l) => (isSystem(l) ? '' : l.code),
    },
    { key: 'name', title: t('location.name'), sort: 'name', primary: true, render: nameOf, text: nameOf },
    { key: 'kind', title: t('location.kind'), render: (l) => t(isSystem(l) ? 'kindFilter.system' : `kinds.${l.kind}`) },
    {
      key: 'warehouse',
      title: t('location.warehouse'),
      render: (l) => (l.warehouse ? `${l.warehouse.code} ${l.warehouse.name}` : EMPTY),
      text: (l) => (l.warehouse ? `${l.warehouse.code} ${l.warehouse.name}` : ''),
    },
    {
      key: 'closed',
      title: t('location.state'),
      render: (l) => <StatusTag tone={l.closed ? 'neutral' : 'good'}>{t(l.closed ? 'location.closed' : 'location.open')}</StatusTag>,
      text: (l) => t(l.closed ? 'location.closed' : 'location.open'),
    },
  ]
  const add = canManage && (
    <>
      <Link to="/inventory/locations/import">
        <Button icon={<UploadOutlined aria-hidden />}>{t('locationImport.open')}</Button>
      </Link>
      <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => setEdited('new')}>
        {t('location.add')}
      </Button>
    </>
  )
  return (
    <Page title={t('menu.locations')} subtitle={t('location.subtitle')} actions={add}>
      <DataTable<Location>
        name="inventory-locations"
        label={t('menu.locations')}
        queryKey={['inventory', 'locations']}
        rowKey={(row) => row.id}
        defaultSort="code"
        searchHint={t('location.search')}
        filters={filters}
        pageQuery={(query, signal) => call(inventoryApi.locations, { query: query as never, signal })}
        columns={columns}
        {...(canManage ? { onOpen: (row: Location) => !isSystem(row) && setEdited(row) } : {})}
        empty={{ text: t('location.empty'), action: add }}
      />
      <EditLocation edited={edited} onClose={() => setEdited(undefined)} />
    </Page>
  )
}

interface Values {
  code: string
  name: string
  warehouseId?: LocationId | null
  closed?: boolean
}

function EditLocation({ edited, onClose }: { edited: Location | 'new' | undefined; onClose: () => void }) {
  const t = useWords('inventory')
  const client = useQueryClient()
  const warehouses = useQuery(inventoryQueries.warehouses)
  const known = edited === 'new' ? undefined : edited
  return (
    <EditDrawer<Values>
      open={edited !== undefined}
      title={known ? t('location.edit', { name: known.name }) : t('location.add')}
      {...(known ? { initialValues: { code: known.code, name: known.name, closed: known.closed } } : {})}
      fieldOfCode={{ 'inventory.codeTaken': 'code', 'inventory.locationInUse': 'closed' }}
      onClose={onClose}
      onReload={() => void client.invalidateQueries({ queryKey: ['inventory'] })}
      onSubmit={async ({ code, name, warehouseId, closed }) => {
        if (known)
          await call(inventoryApi.changeLocation, {
            params: { id: known.id },
            body: { code, name, closed: closed ?? false, version: known.version },
          })
        else await call(inventoryApi.createLocation, { body: { code, name, warehouseId: warehouseId ?? null } })
        await client.invalidateQueries({ queryKey: ['inventory'] })
      }}
    >
      {!known && (
        <Form.Item name="warehouseId" label={t('location.warehouseOf')} extra={t('location.warehouseHint')}>
          <Select
            allowClear
            placeholder={t('location.isWarehouse')}
            options={(warehouses.data?.items ?? []).map((w) => ({ value: w.id, label: `${w.code} ${w.name}` }))}
          />
        </Form.Item>
      )}
      <Form.Item name="code" label={t('location.code')} rules={[{ required: true, whitespace: true }]}>
        <Input maxLength={40} placeholder="A-01-01" autoComplete="off" />
      </Form.Item>
      <Form.Item name="name" label={t('location.name')} rules={[{ required: true, whitespace: true }]}>
        <Input maxLength={120} placeholder={t('location.nameExample')} autoComplete="off" />
      </Form.Item>
      {known && (
        <Form.Item name="closed" label={t('location.close')} extra={t('location.closeHint')} valuePropName="checked">
          <Switch />
        </Form.Item>
      )}
    </EditDrawer>
  )
}
