import { PlusOutlined } from '@ant-design/icons'
import { useQueryClient } from '@tanstack/react-query'
import { App, Button, Form, Input, InputNumber, Select } from 'antd'
import { useState } from 'react'
import {
  CreditCode,
  Industry,
  OrganisationKind,
  OrgCode,
  organisationsApi,
  type PlatformOrganisation,
} from '#modules/foundation/organisations/contract.ts'
import { call, errorText } from '#ui/api.ts'
import { type Column, DataTable } from '#ui/data-table.tsx'
import { EditDrawer, schemaRule } from '#ui/form.tsx'
import { formatDate, formatDateTime, formatNumber, formatText } from '#ui/format.ts'
import { nameIn, useLocale, useWords } from '#ui/i18n.ts'
import { DemoTag, NotAllowed, Page, StatusTag } from '#ui/page.tsx'
import { useCan, useSession } from '#ui/session.ts'
import { accessApi, LoginName } from '../contract.ts'
import { type Secret, SecretOnce } from './secret-once.tsx'

/** The operator's list of all organisations: take one onto the platform, suspend one. */
export function Component() {
  const t = useWords('access')
  const session = useSession()
  const canRegister = useCan('access.registerOrganisations')
  const [adding, setAdding] = useState(false)
  const [secret, setSecret] = useState<Secret>()
  const [granting, setGranting] = useState<PlatformOrganisation>()
  const columns = useColumns(setGranting)
  if (session.organisation.kind !== 'operator') return <NotAllowed reason={t('organisations:errors.operatorOnly')} />
  const add = canRegister && (
    <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => setAdding(true)}>
      {t('register')}
    </Button>
  )
  return (
    <Page title={t('platformOrganisations')} subtitle={t('platformSubtitle')} actions={add}>
      <DataTable<PlatformOrganisation>
        name="organisations"
        label={t('platformOrganisations')}
        columns={columns}
        rowKey={(o) => o.id}
        queryKey={['organisations', 'platform']}
        pageQuery={(query, signal) => call(organisationsApi.platform, { query: query as never, signal })}
        defaultSort="name"
        filters={[
          {
            key: 'kind',
            label: t('organisations:kindLabel'),
            options: OrganisationKind.options.map((value) => ({ value, label: t(`organisations:kind.${value}`) })),
          },
          {
            key: 'industry',
            label: t('organisations:industryLabel'),
            options: Industry.options.map((value) => ({ value, label: t(`organisations:groups.${value}`) })),
          },
        ]}
        empty={{ text: t('noOrganisations'), action: add }}
      />
      <RegisterForm open={adding} onClose={() => setAdding(false)} onSecret={setSecret} />
      {granting && <QuotaForm key={granting.id} organisation={granting} onClose={() => setGranting(undefined)} />}
      <SecretOnce secret={secret} onClose={() => setSecret(undefined)} />
    </Page>
  )
}

/** Marked from nine tenths on: the operator asks before the quota slows somebody. */
const NEAR = 0.9

function Use({ used, of }: { used: number; of: number | null }) {
  const t = useWords('access')
  const text = formatNumber(used, '', Number.isInteger(used) || used >= 10 ? 0 : 1)
  if (of === null) return text
  const both = t('quota.of', { used: text, of: formatNumber(of) })
  return used >= of * NEAR ? <StatusTag tone="warning">{both}</StatusTag> : both
}

function QuotaForm({ organisation, onClose }: { organisation: PlatformOrganisation; onClose: () => void }) {
  const t = useWords('access')
  const client = useQueryClient()
  const { id, version, quota } = organisation
  return (
    <EditDrawer<{ valuesPerS: number | null; users: number | null }>
      open
      title={t('quota.title', { name: organisation.name })}
      initialValues={quota}
      onClose={onClose}
      onReload={() => void client.invalidateQueries({ queryKey: ['organisations', 'platform'] })}
      onSubmit={async ({ valuesPerS, users }) => {
        await call(organisationsApi.operate, {
          params: { orgId: id },
          body: { version, valuesPerS: valuesPerS ?? null, userLimit: users ?? null },
        })
        await client.invalidateQueries({ queryKey: ['organisations', 'platform'] })
      }}
    >
      <Form.Item name="valuesPerS" label={t('quota.valuesPerS')} extra={t('quota.valuesHint')}>
        <InputNumber min={1} max={10_000_000} precision={0} style={{ width: '100%' }} placeholder={t('quota.unlimited')} />
      </Form.Item>
      <Form.Item name="users" label={t('quota.users')} extra={t('quota.usersHint')}>
        <InputNumber min={1} max={1_000_000} precision={0} style={{ width: '100%' }} placeholder={t('quota.unlimited')} />
      </Form.Item>
    </EditDrawer>
  )
}

function useColumns(onQuota: (organisation: PlatformOrganisation) => void): Column<PlatformOrganisation>[] {
  const t = useWords('access')
  const locale = useLocale()
  const industry = (o: PlatformOrganisation) => (o.industry ? t(`organisations:groups.${o.industry}`) : '—')
  return [
    { key: 'name', title: t('organisations:orgName'), sort: 'name', render: (o) => nameIn(locale, o.name, o.nameEn), text: (o) => o.name },
    { key: 'code', title: t('organisations:code'), sort: 'code', render: (o) => o.code, text: (o) => o.code },
    { key: 'kind', title: t('organisations:kindLabel'), render: (o) => t(`organisations:kind.${o.kind}`) },
    { key: 'industry', title: t('organisations:industryLabel'), render: industry },
    { key: 'creditCode', title: t('organisations:creditCode'), hidden: true, render: (o) => o.creditCode, text: (o) => o.creditCode },
    { key: 'city', title: t('organisations:city'), hidden: true, render: (o) => formatText(o.city), text: (o) => o.city },
    {
      key: 'createdAt',
      title: t('registeredAt'),
      hidden: true,
      sort: 'createdAt',
      render: (o) => formatDate(o.createdAt),
      text: (o) => formatDate(o.createdAt),
    },
    {
      key: 'active',
      title: t('state'),
      render: (o) => (
        <>
          <StatusTag tone={o.active ? 'good' : 'bad'}>{t(o.active ? 'active' : 'suspended')}</StatusTag>
          {o.demo && <DemoTag />}
        </>
      ),
      text: (o) => t(o.active ? 'active' : 'suspended'),
    },
    {
      key: 'valuesPerS',
      title: t('quota.valuesPerS'),
      align: 'right',
      render: (o) => <Use used={o.usage.valuesPerS} of={o.quota.valuesPerS} />,
      text: (o) => String(o.usage.valuesPerS),
    },
    {
      key: 'users',
      title: t('quota.users'),
      align: 'right',
      render: (o) => <Use used={o.usage.users} of={o.quota.users} />,
      text: (o) => String(o.usage.users),
    },
    {
      key: 'lastValueAt',
      title: t('quota.lastValueAt'),
      render: (o) => (o.usage.lastValueAt ? formatDateTime(o.usage.lastValueAt) : '—'),
      text: (o) => o.usage.lastValueAt ?? '',
    },
    {
      key: 'actions',
      title: '',
      actions: true,
      render: (o) => (
        <>
          <Button type="link" size="small" onClick={() => onQuota(o)}>
            {t('quota.set')}
          </Button>
          <SuspendButton organisation={o} />
        </>
      ),
    },
  ]
}

function SuspendButton({ organisation }: { organisation: PlatformOrganisation }) {
  const t = useWords('access')
  const { modal, message } = App.useApp()
  const client = useQueryClient()
  const own = useSession().organisation.id === organisation.id
  const { id, name, active, version } = organisation
  const ask = () =>
    modal.confirm({
      title: t(active ? 'suspendTitle' : 'resumeTitle', { name }),
      content: t(active ? 'suspendText' : 'resumeText'),
      okText: t(active ? 'suspend' : 'resume'),
      okButtonProps: { danger: active },
      cancelText: t('ui:cancel'),
      onOk: async () => {
        try {
          await call(organisationsApi.operate, { params: { orgId: id }, body: { version, active: !active } })
        } catch (error) {
          void message.error(errorText(error, t))
        }
        await client.invalidateQueries({ queryKey: ['organisations', 'platform'] })
      },
    })
  return (
    <Button
      type="link"
      size="small"
      danger={active}
      disabled={own}
      title={own ? t('organisations:errors.ownOrganisation') : undefined}
      onClick={ask}
    >
      {t(active ? 'suspend' : 'resume')}
    </Button>
  )
}

interface NewOrganisation {
  code: string
  name: string
  nameEn?: string
  kind: 'leader' | 'supplier' | 'funder' | 'assessor'
  industry?: Industry
  creditCode: string
  city?: string
  ownerLogin: string
  ownerName: string
}

function RegisterForm({ open, onClose, onSecret }: { open: boolean; onClose: () => void; onSecret: (secret: Secret) => void }) {
  const t = useWords('access')
  const client = useQueryClient()
  const kinds = OrganisationKind.exclude(['operator']).options
  return (
    <EditDrawer<NewOrganisation>
      open={open}
      title={t('register')}
      submitText={t('register')}
      onClose={onClose}
      successText={false}
      fieldOfCode={{ 'organisations.creditCodeTaken': 'creditCode', 'organisations.codeTaken': 'code', 'access.loginTaken': 'ownerLogin' }}
      onSubmit={async ({ nameEn, industry, city, ...values }) => {
        const body = { ...values, nameEn: nameEn || null, industry: industry ?? null, city: city || null }
        const made = await call(accessApi.registerOrganisation, { body })
        const facts = [{ label: t('login'), value: made.login }]
        onSecret({ title: t('registered', { name: values.name }), facts, label: t('oneTimePassword'), secret: made.oneTimePassword })
        await client.invalidateQueries({ queryKey: ['organisations', 'platform'] })
      }}
    >
      <Form.Item name="name" label={t('organisations:orgName')} rules={[{ required: true, whitespace: true }]}>
        <Input autoFocus maxLength={120} />
      </Form.Item>
      <Form.Item name="nameEn" label={t('organisations:nameEn')}>
        <Input maxLength={120} />
      </Form.Item>
      <Form.Item name="creditCode" label={t('organisations:creditCode')} rules={[{ required: true }, schemaRule(CreditCode, t)]}>
        <Input maxLength={18} spellCheck={false} />
      </Form.Item>
      <Form.Item name="code" label={t('organisations:code')} extra={t('orgCodeHint')} rules={[{ required: true }, schemaRule(OrgCode, t)]}>
        <Input maxLength={40} spellCheck={false} placeholder="yujiang-motor" />
      </Form.Item>
      <Form.Item name="kind" label={t('organisations:kindLabel')} rules={[{ required: true }]}>
        <Select options={kinds.map((value) => ({ value, label: t(`organisations:kind.${value}`) }))} />
      </Form.Item>
      <Form.Item name="industry" label={t('organisations:industryLabel')}>
        <Select allowClear options={Industry.options.map((value) => ({ value, label: t(`organisations:groups.${value}`) }))} />
      </Form.Item>
      <Form.Item name="city" label={t('organisations:city')}>
        <Input maxLength={60} placeholder={t('organisations:cityExample')} />
      </Form.Item>
      <Form.Item name="ownerName" label={t('ownerName')} rules={[{ required: true, whitespace: true }]}>
        <Input maxLength={60} />
      </Form.Item>
      <Form.Item
        name="ownerLogin"
        label={t('ownerLogin')}
        extra={t('ui:fieldErrors.loginName')}
        rules={[{ required: true }, schemaRule(LoginName, t)]}
      >
        <Input maxLength={60} spellCheck={false} autoCapitalize="none" />
      </Form.Item>
    </EditDrawer>
  )
}
