import { DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, DatePicker, Form, Input, Select } from 'antd'
import { useRef, useState } from 'react'
import { useNavigate } from 'react-router'
import { call, errorText } from '#ui/api.ts'
import { nowMs } from '#ui/clock.ts'
import { useUnsavedGuard } from '#ui/form.tsx'
import { useWords, type Words } from '#ui/i18n.ts'
import { Loaded, Notice, Page, Section } from '#ui/page.tsx'
import { usePartners } from '#ui/partner-select.tsx'
import { pickedOfInstant } from '#ui/picked-time.ts'
import type { OrgId } from '#values/ids.ts'
import { writeMoney } from '#values/money.ts'
import type { AccountId } from '../contract.ts'
import { type Account, ledgerApi } from '../ledger-contract.ts'
import { amountText } from './money-text.tsx'
import { financeQueries } from './queries.ts'
import { balanceOf, emptyEntry, filled, isEmpty, minorOf, problemOf, type TypedEntry } from './voucher-entry.ts'
import './finance.css'

export function Component() {
  const t = useWords('finance')
  return (
    <Page
      title={t('byHand.title')}
      subtitle={t('byHand.subtitle')}
      breadcrumbs={[{ label: t('vouchers.title'), path: '/finance/vouchers' }]}
    >
      <Loaded query={useQuery(financeQueries.accounts())}>
        {({ accounts }) =>
          accounts.length === 0 ? (
            <Notice kind="info" title={t('accounts.empty')} />
          ) : (
            <Entry accounts={accounts.filter((one) => one.leaf)} />
          )
        }
      </Loaded>
    </Page>
  )
}

const money = (minor: bigint) => writeMoney('CNY', minor)

/** What is typed, and how it is posted. */
function useEntry() {
  const t = useWords('finance')
  const navigate = useNavigate()
  const client = useQueryClient()
  const { message } = App.useApp()
  const next = useRef(2)
  const [day, setDay] = useState(() => pickedOfInstant(nowMs()))
  const [entries, setEntries] = useState<TypedEntry[]>([emptyEntry(0), emptyEntry(1)])
  const [state, setState] = useState<{ tried: boolean; busy: boolean; failure?: string }>({ tried: false, busy: false })
  const used = entries.filter((entry) => !isEmpty(entry))
  useUnsavedGuard(used.length > 0 && !state.busy)
  const blocked = blockedBy(used, t)
  const add = () => {
    const key = next.current++
    // The next line is mostly of the same matter.
    setEntries((before) => [...before, { ...emptyEntry(key), summary: before.at(-1)?.summary ?? '' }])
  }
  const post = async () => {
    if (blocked !== undefined) return setState({ tried: true, busy: false })
    setState({ tried: true, busy: true })
    try {
      const made = await call(ledgerApi.postVoucher, { body: bodyOf(day.format('YYYY-MM-DD'), used) })
      await client.invalidateQueries({ queryKey: ['finance'] })
      void message.success(t('byHand.posted', { number: made.number }))
      setTimeout(() => void navigate(`/finance/vouchers/${made.id}`))
    } catch (error) {
      setState({ tried: true, busy: false, failure: errorText(error, t) })
    }
  }
  const failure = state.failure ?? (state.tried ? blocked : undefined)
  return { day, setDay, entries, setEntries, used, tried: state.tried, busy: state.busy, failure, add, post }
}

function blockedBy(used: readonly TypedEntry[], t: Words): string | undefined {
  const { difference } = balanceOf(used)
  const wrong = used.map(problemOf).find((problem) => problem !== undefined)
  if (used.length < 2) return t('byHand.tooFew')
  if (wrong !== undefined) return t(`byHand.wrong.${wrong}`)
  return difference === 0n ? undefined : t('byHand.notBalanced', { amount: apart(difference) })
}

const apart = (difference: bigint) => amountText(money(difference < 0n ? -difference : difference))

function bodyOf(day: string, used: readonly TypedEntry[]) {
  const side = (text: string) => (text.trim() === '' ? null : money(minorOf(text) ?? 0n))
  return {
    day,
    currency: 'CNY' as const,
    lines: used.map((entry) => ({
      summary: entry.summary.trim(),
      accountId: entry.accountId as AccountId,
      partnerId: (entry.partnerId as OrgId | undefined) ?? null,
      debit: side(entry.debit),
      credit: side(entry.credit),
    })),
  }
}

/** A grid of lines: Tab and Enter walk through it, Enter in the last line adds one, `=` in an amount fills what lacks. */
function Entry({ accounts }: { accounts: readonly Account[] }) {
  const t = useWords('finance')
  const { day, setDay, used, busy, failure, add, post, ...grid } = useEntry()
  const { difference } = balanceOf(used)
  return (
    <Section flush>
      <Form layout="vertical" className="fin-pad">
        <Form.Item label={t('vouchers.day')} style={{ maxWidth: 220 }}>
          <DatePicker aria-label={t('vouchers.day')} value={day} allowClear={false} onChange={(picked) => picked && setDay(picked)} />
        </Form.Item>
      </Form>
      <Grid accounts={accounts} used={used} add={add} {...grid} />
      <div className="fin-pad fin-balance" aria-live="polite">
        <span className={difference === 0n ? 'ls-quiet' : 'fin-red'}>
          {difference === 0n
            ? t('byHand.balanced')
            : t(difference > 0n ? 'byHand.debitMore' : 'byHand.creditMore', { amount: apart(difference) })}
        </span>
        <Button icon={<PlusOutlined aria-hidden />} onClick={add} disabled={grid.entries.length >= 200}>
          {t('byHand.addLine')}
        </Button>
        <Button type="primary" loading={busy} onClick={() => void post()}>
          {t('byHand.post')}
        </Button>
      </div>
      {failure !== undefined && <Alert className="fin-pad" type="error" showIcon title={failure} />}
      <p className="fin-pad ls-quiet">{t('byHand.keys')}</p>
    </Section>
  )
}

type GridProps = { accounts: readonly Account[] } & Pick<ReturnType<typeof useEntry>, 'entries' | 'setEntries' | 'used' | 'tried' | 'add'>

function Grid({ accounts, entries, setEntries, used, tried, add }: GridProps) {
  const t = useWords('finance')
  const { debit, credit } = balanceOf(used)
  const set = (key: number, change: Partial<TypedEntry>) =>
    setEntries((before) => before.map((entry) => (entry.key === key ? { ...entry, ...change } : entry)))
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <div className="fin-scroll" tabIndex={0}>
      <table className="fin-voucher fin-by-hand" aria-label={t('vouchers.lines')}>
        <thead>
          <tr>
            {(['summary', 'account', 'partner', 'debit', 'credit'] as const).map((column) => (
              <th key={column} scope="col" className={column === 'debit' || column === 'credit' ? 'fin-right' : ''}>
                {t(column === 'partner' ? 'byHand.partner' : `vouchers.${column}`)}
              </th>
            ))}
            <th scope="col">
              <span className="ls-sr">{t('byHand.remove')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {entries.map((entry, i) => (
            <EntryRow
              key={entry.key}
              no={i + 1}
              entry={entry}
              accounts={accounts}
              problem={tried && !isEmpty(entry) ? problemOf(entry) : undefined}
              onChange={(change) => set(entry.key, change)}
              onAmount={(side, text) =>
                text.includes('=') ? setEntries((before) => filled(before, entry.key, side)) : set(entry.key, { [side]: text })
              }
              onEnter={i === entries.length - 1 ? add : undefined}
              onRemove={entries.length > 2 ? () => setEntries((before) => before.filter((one) => one.key !== entry.key)) : undefined}
            />
          ))}
        </tbody>
        <tfoot>
          <tr>
            <td colSpan={3}>{t('vouchers.sum')}</td>
            <td className="fin-right fin-amount">{amountText(money(debit))}</td>
            <td className="fin-right fin-amount">{amountText(money(credit))}</td>
            <td />
          </tr>
        </tfoot>
      </table>
    </div>
  )
}

interface RowProps {
  no: number
  entry: TypedEntry
  accounts: readonly Account[]
  problem: ReturnType<typeof problemOf>
  onChange: (change: Partial<TypedEntry>) => void
  onAmount: (side: 'debit' | 'credit', text: string) => void
  onEnter: (() => void) | undefined
  onRemove: (() => void) | undefined
}

function EntryRow({ no, entry, accounts, problem, onChange, onAmount, onEnter, onRemove }: RowProps) {
  const t = useWords('finance')
  const [search, setSearch] = useState('')
  const { partners } = usePartners({ kind: 'supply' }, search)
  const label = (name: string) => t('byHand.ofLine', { name, no })
  const status = (...kinds: (typeof problem)[]) => (problem !== undefined && kinds.includes(problem) ? ('error' as const) : '')
  const enter = onEnter === undefined ? {} : { onPressEnter: onEnter }
  return (
    <tr>
      <td>
        <Input
          aria-label={label(t('vouchers.summary'))}
          value={entry.summary}
          maxLength={200}
          status={status('summary')}
          onChange={(event) => onChange({ summary: event.target.value })}
          {...enter}
        />
      </td>
      <td>
        <Select
          aria-label={label(t('vouchers.account'))}
          value={entry.accountId ?? null}
          status={status('account')}
          showSearch={{ optionFilterProp: 'label' }}
          options={accounts.map((account) => ({ value: account.id, label: `${account.code} ${account.name}` }))}
          onChange={(accountId: string) => onChange({ accountId })}
        />
      </td>
      <td>
        <Select
          aria-label={label(t('byHand.partner'))}
          allowClear
          value={entry.partnerId ?? null}
          showSearch={{ filterOption: false, onSearch: setSearch }}
          options={partners}
          onChange={(partnerId: string | null) => onChange({ partnerId: partnerId ?? undefined })}
        />
      </td>
      {(['debit', 'credit'] as const).map((side) => (
        <td key={side}>
          <Input
            className="fin-amount-input"
            aria-label={label(t(`vouchers.${side}`))}
            inputMode="decimal"
            value={entry[side]}
            status={status('amount', 'bothSides')}
            onChange={(event) => onAmount(side, event.target.value)}
            {...enter}
          />
        </td>
      ))}
      <td>
        <Button
          type="text"
          aria-label={label(t('byHand.remove'))}
          icon={<DeleteOutlined aria-hidden />}
          disabled={onRemove === undefined}
          onClick={onRemove}
        />
      </td>
    </tr>
  )
}
