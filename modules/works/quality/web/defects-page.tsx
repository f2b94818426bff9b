import { PlusOutlined } from '@ant-design/icons'
import { useQueryClient } from '@tanstack/react-query'
import { App, Button, Form, Input, Select, Space, Switch } from 'antd'
import { useState } from 'react'
import { call, errorText } from '#ui/api.ts'
import { type Column, DataTable } from '#ui/data-table.tsx'
import { EditDrawer } from '#ui/form.tsx'
import { EMPTY } from '#ui/format.ts'
import { useWords } from '#ui/i18n.ts'
import { localPage } from '#ui/local-page.ts'
import { Page, StatusTag } from '#ui/page.tsx'
import { useCan } from '#ui/session.ts'
import { type Defect, type DefectForm, qualityApi, Severity } from '../contract.ts'
import { commonDefects } from './common-defects.ts'
import { SeverityTag } from './quality-words.tsx'

/** 缺陷代码: what may be wrong with goods, and how bad that is. */
export function Component() {
  const t = useWords('quality')
  const canManage = useCan('quality.manage')
  const [edited, setEdited] = useState<Defect | 'new'>()
  const columns: Column<Defect>[] = [
    { key: 'code', title: t('defectCode'), sort: 'code', primary: true, render: (d) => d.code, text: (d) => d.code },
    { key: 'name', title: t('defectName'), sort: 'name', render: (d) => d.name, text: (d) => d.name },
    { key: 'nameEn', title: t('nameEn'), render: (d) => d.nameEn ?? EMPTY, text: (d) => d.nameEn },
    {
      key: 'severity',
      title: t('severity'),
      render: (d) => <SeverityTag severity={d.severity} />,
      text: (d) => t(`severities.${d.severity}`),
    },
    {
      key: 'retired',
      title: t('inUse'),
      render: (d) => <StatusTag tone={d.retired ? 'neutral' : 'good'}>{t(d.retired ? 'retiredNow' : 'inUseNow')}</StatusTag>,
      text: (d) => t(d.retired ? 'retiredNow' : 'inUseNow'),
    },
  ]
  const add = canManage && (
    <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => setEdited('new')}>
      {t('addDefect')}
    </Button>
  )
  return (
    <Page title={t('defects')} subtitle={t('defectsHint')} breadcrumbs={[{ label: t('menu.quality'), path: '/quality' }]} actions={add}>
      <DataTable<Defect>
        name="quality-defects"
        label={t('defects')}
        columns={columns}
        rowKey={(row) => row.id}
        queryKey={['quality', 'defects', 'list']}
        pageQuery={async (query, signal) => {
          const { defects } = await call(qualityApi.defects, { signal })
          return localPage(defects, query, {
            text: (d) => `${d.code} ${d.name} ${d.nameEn ?? ''}`,
            sorts: { code: (d) => d.code, name: (d) => d.name },
          })
        }}
        defaultSort="code"
        searchHint={t('defectSearch')}
        {...(canManage ? { onOpen: setEdited } : {})}
        empty={{
          text: t('noDefects'),
          action: canManage && (
            <Space wrap>
              <LoadCommon />
              {add}
            </Space>
          ),
        }}
      />
      <EditDefect edited={edited} onClose={() => setEdited(undefined)} />
    </Page>
  )
}

function LoadCommon() {
  const t = useWords('quality')
  const { message } = App.useApp()
  const client = useQueryClient()
  const [busy, setBusy] = useState(false)
  const load = async () => {
    setBusy(true)
    try {
      for (const body of commonDefects) await call(qualityApi.createDefect, { body })
    } catch (error) {
      void message.error(errorText(error, t))
    }
    await client.invalidateQueries({ queryKey: ['quality', 'defects'] })
    setBusy(false)
  }
  return (
    <Button loading={busy} onClick={() => void load()}>
      {t('loadCommon', { n: commonDefects.length })}
    </Button>
  )
}

type Values = Omit<DefectForm, 'nameEn'> & { nameEn?: string | null; retired?: boolean }

function EditDefect({ edited, onClose }: { edited: Defect | 'new' | undefined; onClose: () => void }) {
  const t = useWords('quality')
  const client = useQueryClient()
  const known = edited === 'new' ? undefined : edited
  return (
    <EditDrawer<Values>
      open={edited !== undefined}
      title={t(known ? 'changeDefect' : 'addDefect')}
      {...(known ? { initialValues: known } : {})}
      fieldOfCode={{ 'quality.codeTaken': 'code' }}
      onClose={onClose}
      onReload={() => void client.invalidateQueries({ queryKey: ['quality'] })}
      onSubmit={async ({ code, name, nameEn, severity, retired = false }) => {
        const body = { code, name, nameEn: nameEn?.trim() || null, severity }
        if (known) await call(qualityApi.changeDefect, { params: { id: known.id }, body: { ...body, retired, version: known.version } })
        else await call(qualityApi.createDefect, { body })
        await client.invalidateQueries({ queryKey: ['quality', 'defects'] })
      }}
    >
      <Form.Item name="code" label={t('defectCode')} rules={[{ required: true, whitespace: true, message: t('required') }]}>
        <Input maxLength={20} placeholder="D01" autoComplete="off" />
      </Form.Item>
      <Form.Item name="name" label={t('defectName')} rules={[{ required: true, whitespace: true, message: t('required') }]}>
        <Input maxLength={60} placeholder={t('defectExample')} autoComplete="off" />
      </Form.Item>
      <Form.Item name="nameEn" label={`${t('nameEn')}（${t('ui:optional')}）`}>
        <Input maxLength={120} autoComplete="off" />
      </Form.Item>
      <Form.Item name="severity" label={t('severity')} extra={t('severityHint')} rules={[{ required: true, message: t('required') }]}>
        <Select options={Severity.options.map((value) => ({ value, label: t(`severities.${value}`) }))} />
      </Form.Item>
      {known && (
        <Form.Item name="retired" label={t('retire')} valuePropName="checked">
          <Switch />
        </Form.Item>
      )}
    </EditDrawer>
  )
}
