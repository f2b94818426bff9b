import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Drawer, Form, Input, Select } from 'antd'
import { useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { call } from '#ui/api.ts'
import { type Column, DataTable } from '#ui/data-table.tsx'
import { EditModal } from '#ui/form.tsx'
import { formatDateTime } from '#ui/format.ts'
import { type PageLocale, useLocale, useWords, type Words } from '#ui/i18n.ts'
import { DetailGrid, Loaded, Page, Timeline } from '#ui/page.tsx'
import { Panels } from '#ui/panels.tsx'
import { useCan } from '#ui/session.ts'
import { SideSwitch, useSide } from '#ui/side-switch.tsx'
import { unitName } from '#values/units.ts'
import { actionsFor } from '../claim-rules.ts'
import type { Side } from '../contract.ts'
import { type Claim, type ClaimAction, ClaimState, receivingApi, Settlement } from '../receiving-contract.ts'
import { logisticsQueries } from './queries.ts'
import { ClaimStateTag, partnerOf } from './shipment-words.tsx'

/** Discrepancies that receiving has found, and what both sides make of them. */
export function Component() {
  const t = useWords('logistics')
  const locale = useLocale()
  const [search, setSearch] = useSearchParams()
  const [side, setSide] = useSide()
  const open = search.get('claim')
  const show = (id?: string) =>
    setSearch(
      (now) => {
        if (id === undefined) now.delete('claim')
        else now.set('claim', id)
        return now
      },
      { replace: true },
    )
  return (
    <Page title={t('menu.claims')} subtitle={t(`claimHints.${side}`)}>
      <SideSwitch side={side} onChange={setSide} words={(value) => t(`claimSides.${value}`)} above />
      <DataTable<Claim>
        key={side}
        name={`logistics-claims-${side}`}
        label={t('menu.claims')}
        columns={columnsOf(t, locale, side)}
        rowKey={(claim) => claim.id}
        queryKey={['logistics', 'claims', side]}
        pageQuery={(query, signal) => call(receivingApi.claims, { query: { ...query, side } as never, signal })}
        defaultSort="-openedAt"
        filters={[
          { key: 'state', label: t('state'), options: ClaimState.options.map((value) => ({ value, label: t(`claimStates.${value}`) })) },
        ]}
        onOpen={(claim) => show(claim.id)}
        empty={{ text: t('noClaims') }}
      />
      {open !== null && <ClaimDrawer key={open} id={open} onClose={() => show()} />}
    </Page>
  )
}

const columnsOf = (t: Words, locale: PageLocale, side: Side): Column<Claim>[] => [
  { key: 'number', title: t('number'), sort: 'number', primary: true, render: (c) => c.number, text: (c) => c.number },
  {
    key: 'partner',
    title: t(side === 'buyer' ? 'supplier' : 'buyer'),
    sort: 'partner',
    render: (c) => partnerOf(c, locale),
    text: (c) => partnerOf(c, locale),
  },
  { key: 'kind', title: t('claimKind'), render: (c) => t(`claimKinds.${c.kind}`), text: (c) => t(`claimKinds.${c.kind}`) },
  { key: 'state', title: t('state'), render: (c) => <ClaimStateTag state={c.state} />, text: (c) => t(`claimStates.${c.state}`) },
  {
    key: 'material',
    title: t('print.material'),
    render: (c) => `${c.materialCode} ${c.materialName}`,
    text: (c) => `${c.materialCode} ${c.materialName}`,
  },
  {
    key: 'quantity',
    title: t('quantity'),
    align: 'right',
    render: (c) => `${c.quantity} ${unitName(c.unit, locale === 'en-US')}`,
    text: (c) => c.quantity,
  },
  { key: 'shipment', title: t('shipment'), render: (c) => c.shipmentNumber, text: (c) => c.shipmentNumber },
  { key: 'order', title: t('print.order'), hidden: true, render: (c) => c.orderNumber, text: (c) => c.orderNumber },
  {
    key: 'openedAt',
    title: t('openedAt'),
    sort: 'openedAt',
    render: (c) => formatDateTime(c.openedAt),
    text: (c) => formatDateTime(c.openedAt),
  },
]

function ClaimDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  const t = useWords('logistics')
  const query = useQuery(logisticsQueries.claim(id))
  const claim = query.data
  return (
    <Drawer
      open
      title={claim ? `${claim.number} · ${t(`claimKinds.${claim.kind}`)}` : t('menu.claims')}
      onClose={onClose}
      size={640}
      styles={{ wrapper: { maxWidth: '100vw' } }}
    >
      <Loaded query={query}>{(one) => <ClaimSheet claim={one} />}</Loaded>
    </Drawer>
  )
}

function ClaimSheet({ claim }: { claim: Claim }) {
  const t = useWords('logistics')
  const locale = useLocale()
  const canClaim = useCan('logistics.claim')
  const [action, setAction] = useState<ClaimAction>()
  const actions = canClaim ? actionsFor(claim.state, claim.side) : []
  return (
    <>
      <DetailGrid
        columns={2}
        items={[
          { label: t('state'), value: <ClaimStateTag state={claim.state} /> },
          { label: t('quantity'), value: `${claim.quantity} ${unitName(claim.unit, locale === 'en-US')}` },
          { label: t('print.material'), value: `${claim.materialCode} ${claim.materialName}`, wide: true },
          { label: t('shipment'), value: <Link to={`/logistics/${claim.shipmentId}`}>{claim.shipmentNumber}</Link> },
          { label: t('print.order'), value: claim.orderNumber },
          { label: t('settlement'), value: claim.settlement && t(`settlements.${claim.settlement}`) },
          { label: t('note'), value: claim.note, wide: true },
        ]}
      />
      <p className="ls-quiet">{t(`claimNext.${claim.state}`)}</p>
      <div className="ls-page-actions" style={{ marginBottom: 16 }}>
        {actions.map((one) => (
          <Button
            key={one}
            danger={one === 'dispute' || one === 'withdraw'}
            type={one === 'accept' || one === 'settle' ? 'primary' : 'default'}
            onClick={() => setAction(one)}
          >
            {t(`claimActions.${one}`)}
          </Button>
        ))}
      </div>
      <Timeline
        entries={[
          ...claim.steps.toReversed().map((step) => ({
            key: step.at,
            at: step.at,
            title: t(`claimSteps.${step.action}`, { side: t(`parties.${step.side}`) }),
            text: [step.settlement && t(`settlements.${step.settlement}`), step.note].filter(Boolean).join(' · '),
          })),
          { key: 'opened', at: claim.openedAt, title: t('claimSteps.opened') },
        ]}
      />
      <Panels slot="document" props={{ entity: 'logistics.claim', recordId: claim.id }} />
      <ActionForm claim={claim} action={action} onClose={() => setAction(undefined)} />
    </>
  )
}

function ActionForm(props: { claim: Claim; action: ClaimAction | undefined; onClose: () => void }) {
  const t = useWords('logistics')
  const client = useQueryClient()
  const { claim, action } = props
  const [chosen, setChosen] = useState<Settlement>()
  return (
    <EditModal<{ note?: string; settlement?: Settlement }>
      open={action !== undefined}
      title={t(`claimActions.${action ?? 'accept'}`)}
      allowUnchanged
      initialValues={{}}
      submitText={t(`claimActions.${action ?? 'accept'}`)}
      onClose={props.onClose}
      onSubmit={async ({ note = '', settlement = null }) => {
        if (!action) return
        const body = { version: claim.version, action, note, settlement }
        client.setQueryData(
          logisticsQueries.claim(claim.id).queryKey,
          await call(receivingApi.moveClaim, { params: { id: claim.id }, body }),
        )
        await client.invalidateQueries({ queryKey: ['logistics', 'claims'] })
      }}
    >
      {action === 'settle' && (
        <Form.Item
          name="settlement"
          label={t('settlement')}
          extra={chosen === 'keep' && canKeep(claim.kind) && t(`keepHint.${claim.kind}`)}
          rules={[{ required: true, message: t('required') }]}
        >
          <Select
            onChange={setChosen}
            options={Settlement.options
              .filter((value) => value !== 'keep' || canKeep(claim.kind))
              .map((value) => ({ value, label: t(`settlements.${value}`) }))}
          />
        </Form.Item>
      )}
      <Form.Item name="note" label={t('note')}>
        <Input.TextArea maxLength={500} autoSize={{ minRows: 2 }} />
      </Form.Item>
    </EditModal>
  )
}

/** Of another material, or of what never came, there is nothing to keep. */
const canKeep = (kind: Claim['kind']): kind is 'over' | 'damaged' => kind === 'over' || kind === 'damaged'
