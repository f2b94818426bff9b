import { PlusOutlined } from '@ant-design/icons'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, DatePicker, Form, Input, InputNumber, Select, Skeleton } from 'antd'
import type { Dayjs } from 'dayjs'
import { lazy, type ReactNode, Suspense, useState } from 'react'
import { useNavigate, useSearchParams } from 'react-router'
import { call } from '#ui/api.ts'
import { nowMs } from '#ui/clock.ts'
import { type Column, DataTable, type Filter } from '#ui/data-table.tsx'
import { EditDrawer, schemaRule } from '#ui/form.tsx'
import { formatDate, formatText } from '#ui/format.ts'
import { nameIn, type PageLocale, useLocale, useWords, type Words } from '#ui/i18n.ts'
import { DemoTag, Page, Section } from '#ui/page.tsx'
import { pickedOfInstant } from '#ui/picked-time.ts'
import { useCan, useSession } from '#ui/session.ts'
import { CreditCode, Industry, organisationsApi, type Relation, RelationKind } from '../contract.ts'
import { organisationQueries } from './queries.ts'
import { industryText, RelationStateTag, roleText } from './relation-words.tsx'

const ChainGraph = lazy(async () => ({ default: (await import('./chain-graph.tsx')).ChainGraph }))

/** The chain as one’s own organisation sees it: a picture, and the list behind it. */
export function Component() {
  const t = useWords('organisations')
  const canManage = useCan('organisations.manage')
  const session = useSession()
  const [adding, setAdding] = useState(false)
  const addable = canManage && (session.organisation.kind === 'leader' || session.organisation.kind === 'supplier')
  const add = addable && (
    <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => setAdding(true)}>
      {t('addSupplier')}
    </Button>
  )
  return (
    <Page title={t('chain')} subtitle={t('chainSubtitle')} actions={add}>
      <Picture />
      <Relations add={add} />
      <AddSupplier open={adding} onClose={() => setAdding(false)} />
    </Page>
  )
}

const isIndustry = (group: string): boolean => Industry.options.some((industry) => industry === group)

function Picture() {
  const t = useWords('organisations')
  const navigate = useNavigate()
  const locale = useLocale()
  const { organisation } = useSession()
  const [params, setParams] = useSearchParams()
  const chain = useQuery(organisationQueries.chain)
  if (!chain.data || chain.data.length === 0) return null
  const choose = (group: string) =>
    setParams(
      (now) => {
        const next = new URLSearchParams(now)
        if (isIndustry(group) && next.get('industry') !== group) next.set('industry', group)
        else next.delete('industry')
        return next
      },
      { replace: true },
    )
  const suppliers = chain.data.filter((r) => r.kind === 'supply' && r.side === 'buyer').length
  const customers = chain.data.filter((r) => r.kind === 'supply' && r.side === 'supplier').length
  return (
    <Section title={t('picture')} extra={<span className="ls-quiet">{t('pictureCounts', { suppliers, customers })}</span>}>
      <Suspense fallback={<Skeleton.Node active style={{ width: '100%', height: 520 }} />}>
        <ChainGraph
          ownName={nameIn(locale, organisation.name, organisation.nameEn)}
          relations={chain.data}
          chosen={params.get('industry')}
          onGroup={choose}
          onPartner={(relation) => void navigate(`/organisations/relations/${relation.id}`)}
        />
      </Suspense>
    </Section>
  )
}

const columnsOf = (t: Words, locale: PageLocale): Column<Relation>[] => [
  {
    key: 'partner',
    title: t('partner'),
    sort: 'partnerName',
    render: (r) => nameIn(locale, r.partnerName, r.partnerNameEn),
    text: (r) => r.partnerName,
  },
  { key: 'role', title: t('role'), render: (r) => roleText(r, t), text: (r) => roleText(r, t) },
  {
    key: 'industry',
    title: t('industryLabel'),
    render: (r) => industryText(r.partnerIndustry, t),
    text: (r) => industryText(r.partnerIndustry, t),
  },
  {
    key: 'tier',
    title: t('tier'),
    sort: 'tier',
    render: (r) => (r.kind === 'supply' ? t('tierN', { n: r.tier }) : '—'),
    text: (r) => r.tier,
  },
  { key: 'city', title: t('city'), render: (r) => formatText(r.partnerCity), text: (r) => r.partnerCity },
  { key: 'since', title: t('since'), sort: 'since', render: (r) => formatDate(r.since), text: (r) => r.since },
  { key: 'until', title: t('until'), hidden: true, render: (r) => formatDate(r.until), text: (r) => r.until },
  { key: 'code', title: t('code'), hidden: true, render: (r) => r.partnerCode, text: (r) => r.partnerCode },
  { key: 'state', title: t('state'), render: (r) => <RelationStateTag relation={r} />, text: (r) => t(`relationStates.${r.state}`) },
  {
    key: 'demo',
    title: t('ui:demo'),
    hidden: true,
    render: (r) => (r.demo ? <DemoTag /> : '—'),
    text: (r) => t(r.demo ? 'ui:yes' : 'ui:no'),
  },
]

function Relations({ add }: { add: ReactNode }) {
  const t = useWords('organisations')
  const locale = useLocale()
  const filters: Filter[] = [
    { key: 'industry', label: t('industryLabel'), options: Industry.options.map((value) => ({ value, label: t(`groups.${value}`) })) },
    {
      key: 'side',
      label: t('side'),
      options: [
        { value: 'buyer', label: t('sides.buyer') },
        { value: 'supplier', label: t('sides.supplier') },
      ],
    },
    {
      key: 'kind',
      label: t('relationKind'),
      options: RelationKind.options.map((value) => ({ value, label: t(`relationKinds.${value}`) })),
    },
    { key: 'activeOnly', label: t('period'), options: [{ value: 'false', label: t('withEnded') }] },
  ]
  return (
    <DataTable<Relation>
      name="relations"
      label={t('chain')}
      columns={columnsOf(t, locale)}
      rowKey={(r) => r.id}
      queryKey={['organisations', 'relations']}
      pageQuery={(query, signal) => call(organisationsApi.relations, { query: query as never, signal })}
      filters={filters}
      defaultSort="partnerName"
      searchHint={t('searchPartner')}
      rowHref={(r) => `/organisations/relations/${r.id}`}
      empty={{ text: t('noPartners'), action: add }}
    />
  )
}

interface NewSupplier {
  supplierCreditCode: string
  kind: Relation['kind']
  tier: number
  since: Dayjs
}

function AddSupplier({ open, onClose }: { open: boolean; onClose: () => void }) {
  const t = useWords('organisations')
  const client = useQueryClient()
  return (
    <EditDrawer<NewSupplier>
      open={open}
      title={t('addSupplier')}
      initialValues={{ kind: 'supply', tier: 1, since: pickedOfInstant(nowMs()) }}
      allowUnchanged
      submitText={t('propose')}
      successText={t('proposed')}
      onClose={onClose}
      fieldOfCode={{
        'organisations.notFound': 'supplierCreditCode',
        'organisations.selfRelation': 'supplierCreditCode',
        'organisations.relationExists': 'supplierCreditCode',
        'organisations.wrongPartnerKind': 'supplierCreditCode',
      }}
      onSubmit={async (values) => {
        await call(organisationsApi.createRelation, { body: { ...values, since: values.since.format('YYYY-MM-DD') } })
        await client.invalidateQueries({ queryKey: ['organisations', 'relations'] })
      }}
    >
      <Form.Item
        name="supplierCreditCode"
        label={t('creditCode')}
        extra={t('addSupplierHint')}
        rules={[{ required: true }, schemaRule(CreditCode, t)]}
      >
        <Input maxLength={18} autoFocus spellCheck={false} placeholder="91500000MA5U0A0A0X" />
      </Form.Item>
      <Form.Item name="kind" label={t('relationKind')} rules={[{ required: true }]}>
        <Select options={RelationKind.options.map((value) => ({ value, label: t(`relationKinds.${value}`) }))} />
      </Form.Item>
      <Form.Item noStyle dependencies={['kind']}>
        {({ getFieldValue }) => (
          <Form.Item
            name="tier"
            label={t('tier')}
            extra={t('tierHint')}
            hidden={getFieldValue('kind') !== 'supply'}
            rules={[{ required: true }]}
          >
            <InputNumber min={1} max={9} precision={0} />
          </Form.Item>
        )}
      </Form.Item>
      <Form.Item name="since" label={t('since')} rules={[{ required: true }]}>
        <DatePicker allowClear={false} />
      </Form.Item>
    </EditDrawer>
  )
}
