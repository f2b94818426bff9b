import { PlusOutlined, UploadOutlined } from '@ant-design/icons'
import { useQueryClient } from '@tanstack/react-query'
import { App, Button, Upload } from 'antd'
import { Link, useNavigate } from 'react-router'
import { call, errorText } from '#ui/api.ts'
import { type Column, DataTable } from '#ui/data-table.tsx'
import { formatDateTime, formatNumber } from '#ui/format.ts'
import { nameIn, useLocale, useWords } from '#ui/i18n.ts'
import { Page, StatusTag } from '#ui/page.tsx'
import { useCan } from '#ui/session.ts'
import { devicesApi, type ThingModelSummary } from '../contract.ts'

export function Component() {
  const t = useWords('devices')
  const locale = useLocale()
  const canManage = useCan('devices.manage')
  const actions = canManage && (
    <>
      <ImportButton />
      <Link to="/devices/thing-models/new">
        <Button type="primary" icon={<PlusOutlined aria-hidden />}>
          {t('addModel')}
        </Button>
      </Link>
    </>
  )
  const nameOf = (m: ThingModelSummary) => nameIn(locale, m.name, m.nameEn)
  const columns: Column<ThingModelSummary>[] = [
    { key: 'name', title: t('modelName'), sort: 'name', primary: true, render: nameOf, text: nameOf },
    { key: 'code', title: t('code'), sort: 'code', render: (m) => m.code, text: (m) => m.code },
    { key: 'version', title: t('version'), align: 'right', render: (m) => m.versionNo, text: (m) => m.versionNo },
    { key: 'properties', title: t('properties'), align: 'right', render: (m) => formatNumber(m.properties), text: (m) => m.properties },
    { key: 'devices', title: t('devicesInUse'), align: 'right', render: (m) => formatNumber(m.devices), text: (m) => m.devices },
    {
      key: 'createdAt',
      title: t('changedAt'),
      sort: 'createdAt',
      render: (m) => formatDateTime(m.createdAt),
      text: (m) => formatDateTime(m.createdAt),
    },
    {
      key: 'retired',
      title: t('status'),
      render: (m) => <StatusTag tone={m.retiredAt ? 'neutral' : 'good'}>{t(m.retiredAt ? 'modelRetired' : 'inUse')}</StatusTag>,
      text: (m) => t(m.retiredAt ? 'modelRetired' : 'inUse'),
    },
  ]
  return (
    <Page title={t('menu.thingModels')} subtitle={t('modelsSubtitle')} actions={actions}>
      <DataTable<ThingModelSummary>
        name="thing-models"
        label={t('menu.thingModels')}
        columns={columns}
        rowKey={(m) => m.id}
        queryKey={['devices', 'models', 'list']}
        pageQuery={(query, signal) => call(devicesApi.thingModels, { query: query as never, signal })}
        defaultSort="code"
        searchHint={t('searchModel')}
        filters={[{ key: 'retired', label: t('status'), options: [{ value: 'true', label: t('withRetired') }] }]}
        rowHref={(m) => `/devices/thing-models/${m.id}`}
        empty={{ text: t('noModelsText'), action: actions }}
      />
    </Page>
  )
}

function ImportButton() {
  const t = useWords('devices')
  const navigate = useNavigate()
  const client = useQueryClient()
  const { message, modal } = App.useApp()
  const take = async (file: File) => {
    try {
      const content: unknown = JSON.parse(await file.text())
      const { id, versionNo } = await call(devicesApi.importThingModel, { body: content as Record<string, unknown> })
      await client.invalidateQueries({ queryKey: ['devices', 'models'] })
      void message.success(t('imported', { n: versionNo }))
      void navigate(`/devices/thing-models/${id}`)
    } catch (error) {
      modal.error({
        title: t('importFailed'),
        content: error instanceof SyntaxError ? t('notJson') : errorText(error, t),
        okText: t('ui:close'),
      })
    }
  }
  return (
    <Upload
      accept=".json,application/json"
      showUploadList={false}
      beforeUpload={(file) => {
        void take(file)
        return false
      }}
    >
      <Button icon={<UploadOutlined aria-hidden />}>{t('importModel')}</Button>
    </Upload>
  )
}
