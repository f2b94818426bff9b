import { PlusOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { App, Button, Space } from 'antd'
import { useState } from 'react'
import { Link, useParams } from 'react-router'
import { call } from '#ui/api.ts'
import { formatQuantity } from '#ui/format.ts'
import { nameIn, useLocale, useWords } from '#ui/i18n.ts'
import { DetailGrid, Loaded, Page, Section, StatusTag } from '#ui/page.tsx'
import { useCan } from '#ui/session.ts'
import { unitName } from '#values/units.ts'
import { type Source, type SourceAction, type SourceState, supplyApi } from '../supply-contract.ts'
import { PriceTable } from './price-table.tsx'
import { materialQueries, sourceTones, useChange } from './queries.ts'
import { EditSourceDrawer, NameSuppliedModal, NewPriceDrawer } from './source-forms.tsx'
import './materials.css'

/** One supplier of one material with its prices, as either side sees it. */
export function Component() {
  const { id = '' } = useParams()
  return <Loaded query={useQuery(materialQueries.source(id))}>{(source) => <Shown key={source.id} source={source} />}</Loaded>
}

function Shown({ source }: { source: Source }) {
  const t = useWords('materials')
  const locale = useLocale()
  const bought = source.side === 'buyer'
  const partner = nameIn(locale, source.partnerName, source.partnerNameEn)
  const material = nameIn(locale, source.materialName, source.materialNameEn)
  return (
    <Page
      title={material}
      subtitle={[source.materialCode, source.specification, partner].filter(Boolean).join(' · ')}
      breadcrumbs={[
        bought ? { label: t('menu.sources'), path: '/materials/sources' } : { label: t('menu.supplied'), path: '/materials/supplied' },
      ]}
      tags={<StatusTag tone={sourceTones[source.state]}>{t(`sources.states.${source.state}`)}</StatusTag>}
      actions={bought ? <BuyerActions source={source} /> : <SupplierActions source={source} />}
    >
      <Section>
        <DetailGrid
          items={[
            { label: t(bought ? 'sources.supplier' : 'supplied.customer'), value: partner },
            {
              label: t('code'),
              value: bought ? <Link to={`/materials/${source.materialId}`}>{source.materialCode}</Link> : source.materialCode,
            },
            { label: t('specification'), value: source.specification },
            { label: t(bought ? 'sources.supplierCode' : 'supplied.ownCode'), value: source.supplierCode },
            { label: t(bought ? 'sources.supplierName' : 'supplied.ownName'), value: source.supplierName },
            { label: t('sources.leadTime'), value: source.leadTimeDays === null ? null : t('nDays', { n: source.leadTimeDays }) },
            { label: t('sources.minimum'), value: amount(source.minimum, source, locale === 'en-US') },
            { label: t('sources.multiple'), value: amount(source.multiple, source, locale === 'en-US') },
            {
              label: t('validity'),
              value: t(source.validUntil ? 'fromTo' : 'fromOn', { from: source.validFrom, until: source.validUntil ?? '' }),
            },
          ]}
        />
      </Section>
      <Prices source={source} />
    </Page>
  )
}

const amount = (text: string | null, source: Source, english: boolean) =>
  text && `${formatQuantity(text)} ${unitName(source.baseUnit, english)}`

const actionsOf: Record<SourceState, SourceAction[]> = { proposed: ['reject', 'approve'], approved: ['block'], blocked: ['unblock'] }

function BuyerActions({ source }: { source: Source }) {
  const t = useWords('materials')
  const { modal } = App.useApp()
  const change = useChange()
  const canManage = useCan('materials.manageSources')
  const [editing, setEditing] = useState(false)
  if (!canManage) return null
  const act = (action: SourceAction) =>
    modal.confirm({
      title: t(`sources.confirm.${action}`, { partner: source.partnerName }),
      content: t(`sources.confirmText.${action}`),
      okText: t(`sources.actions.${action}`),
      okButtonProps: { danger: action === 'block' || action === 'reject' },
      onOk: () => change(() => call(supplyApi.actOnSource, { params: { id: source.id }, body: { version: source.version, action } })),
    })
  return (
    <Space wrap>
      {actionsOf[source.state].map((action) => (
        <Button key={action} type={action === 'approve' ? 'primary' : 'default'} onClick={() => act(action)}>
          {t(`sources.actions.${action}`)}
        </Button>
      ))}
      <Button onClick={() => setEditing(true)}>{t('edit')}</Button>
      <EditSourceDrawer source={source} open={editing} onClose={() => setEditing(false)} />
    </Space>
  )
}

function SupplierActions({ source }: { source: Source }) {
  const t = useWords('materials')
  const canManage = useCan('materials.manageSupplied')
  const [editing, setEditing] = useState(false)
  if (!canManage) return null
  return (
    <>
      <Button type="primary" onClick={() => setEditing(true)}>
        {t('supplied.name')}
      </Button>
      <NameSuppliedModal source={source} open={editing} onClose={() => setEditing(false)} />
    </>
  )
}

function Prices({ source }: { source: Source }) {
  const t = useWords('materials')
  const canManage = useCan('materials.manageSources') && source.side === 'buyer'
  const [adding, setAdding] = useState(false)
  return (
    <Section
      title={t('prices.title')}
      flush
      extra={
        canManage && (
          <Button icon={<PlusOutlined aria-hidden />} onClick={() => setAdding(true)}>
            {t('prices.add')}
          </Button>
        )
      }
    >
      <Loaded query={useQuery(materialQueries.prices(source.id))}>
        {({ prices }) =>
          prices.length === 0 ? (
            <p className="ls-quiet mt-empty">{t('prices.none')}</p>
          ) : (
            <PriceTable prices={prices} canManage={canManage} />
          )
        }
      </Loaded>
      <NewPriceDrawer source={source} open={adding} onClose={() => setAdding(false)} />
    </Section>
  )
}
