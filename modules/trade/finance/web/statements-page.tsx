import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, DatePicker, Form, Select } from 'antd'
import type { Dayjs } from 'dayjs'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { call } from '#ui/api.ts'
import { nowMs } from '#ui/clock.ts'
import { DataTable } from '#ui/data-table.tsx'
import { EditDrawer } from '#ui/form.tsx'
import { formatDate } from '#ui/format.ts'
import { useWords } from '#ui/i18n.ts'
import { Page } from '#ui/page.tsx'
import { pickedOfInstant } from '#ui/picked-time.ts'
import { useCan } from '#ui/session.ts'
import { SideSwitch, useSide } from '#ui/side-switch.tsx'
import type { OrgId } from '#values/ids.ts'
import type { Currency } from '#values/money.ts'
import type { PartySide } from '../invoice-contract.ts'
import { type StatementHead, StatementState, statementApi } from '../statement-contract.ts'
import { Amount } from './money-text.tsx'
import { financeQueries } from './queries.ts'
import { StatementStateTag } from './statement-state-tag.tsx'
import './finance.css'

export function Component() {
  const t = useWords('finance')
  const [side, setSide] = useSide()
  const [proposing, setProposing] = useState(false)
  const add = useCan('finance.sign') && (
    <Button type="primary" onClick={() => setProposing(true)}>
      {t('statements.propose')}
    </Button>
  )
  return (
    <Page
      title={t('statements.title')}
      subtitle={t('statements.subtitle')}
      actions={
        <>
          {add}
          <SideSwitch side={side} onChange={setSide} words={(value) => t(`statements.${value}`)} />
        </>
      }
    >
      <DataTable<StatementHead>
        key={side}
        name="finance-statements"
        label={t('statements.title')}
        queryKey={['finance', 'statements', side]}
        rowKey={(row) => row.id}
        rowHref={(row) => `/finance/statements/${row.id}`}
        defaultSort="-untilDay"
        searchHint={t('statements.searchHint')}
        pageQuery={(query, signal) => call(statementApi.statements, { query: { ...query, side } as never, signal })}
        filters={[
          {
            key: 'state',
            label: t('statements.state'),
            options: StatementState.options.map((state) => ({ value: state, label: t(`statementStates.${state}`) })),
          },
        ]}
        columns={[
          { key: 'number', title: t('statements.number'), render: (row) => row.number },
          { key: 'partner', title: t(`payables.partner.${side}`), primary: true, render: (row) => row.partner.name },
          { key: 'until', title: t('statements.until'), sort: 'untilDay', render: (row) => formatDate(row.untilDay) },
          {
            key: 'opening',
            title: t('statements.opening'),
            align: 'right',
            text: (row) => row.opening.amount,
            render: (row) => <Amount money={row.opening} sign />,
          },
          {
            key: 'closing',
            title: t('statements.closing'),
            align: 'right',
            text: (row) => row.closing.amount,
            render: (row) => <Amount money={row.closing} sign />,
          },
          {
            key: 'state',
            title: t('statements.state'),
            text: (row) => t(`statementStates.${row.state}`),
            render: (row) => <StatementStateTag state={row.state} />,
          },
        ]}
        empty={{ text: t('statements.empty'), action: add }}
      />
      <Propose open={proposing} side={side} onClose={() => setProposing(false)} />
    </Page>
  )
}

function Propose({ open, side, onClose }: { open: boolean; side: PartySide; onClose: () => void }) {
  const t = useWords('finance')
  const navigate = useNavigate()
  const client = useQueryClient()
  const ageing = useQuery(financeQueries.ageing(side))
  const options = (ageing.data?.rows ?? []).map((row) => ({
    value: `${row.partner.orgId} ${row.currency}`,
    label: row.currency === 'CNY' ? row.partner.name : `${row.partner.name} · ${row.currency}`,
  }))
  return (
    <EditDrawer<{ partner: string; untilDay: Dayjs }>
      open={open}
      title={t('statements.propose')}
      submitText={t('statements.propose')}
      successText={t('statements.proposed')}
      initialValues={{ untilDay: pickedOfInstant(nowMs()) }}
      {...(options.length === 0 ? { disabledReason: t('statements.noPartners') } : {})}
      onClose={onClose}
      onSubmit={async ({ partner, untilDay }) => {
        const [partnerId, currency] = partner.split(' ') as [OrgId, Currency]
        const made = await call(statementApi.proposeStatement, {
          body: { side, partnerId, currency, untilDay: untilDay.format('YYYY-MM-DD') },
        })
        await client.invalidateQueries({ queryKey: ['finance'] })
        setTimeout(() => void navigate(`/finance/statements/${made.id}`))
      }}
    >
      <Form.Item name="partner" label={t(`payables.partner.${side}`)} rules={[{ required: true }]}>
        <Select showSearch={{ optionFilterProp: 'label' }} options={options} />
      </Form.Item>
      <Form.Item name="untilDay" label={t('statements.until')} extra={t('statements.untilHint')} rules={[{ required: true }]}>
        <DatePicker />
      </Form.Item>
    </EditDrawer>
  )
}
