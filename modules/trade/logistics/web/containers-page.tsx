import { useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button, DatePicker, Empty, Form, Input, InputNumber } from 'antd'
import type { Dayjs } from 'dayjs'
import { useState } from 'react'
import { call, errorText } from '#ui/api.ts'
import { nowMs } from '#ui/clock.ts'
import { EditModal } from '#ui/form.tsx'
import { formatNumber } from '#ui/format.ts'
import { nameIn, useLocale, useWords } from '#ui/i18n.ts'
import { Loaded, Page, Section } from '#ui/page.tsx'
import { pickedOfInstant } from '#ui/picked-time.ts'
import { useCan } from '#ui/session.ts'
import { type ContainerAccount, receivingApi } from '../receiving-contract.ts'
import { logisticsQueries } from './queries.ts'
import './logistics.css'

/** Returnable containers: how many of whose are where, agreed by both. */
export function Component() {
  const t = useWords('logistics')
  const query = useQuery(logisticsQueries.containers)
  return (
    <Page title={t('menu.containers')} subtitle={t('containersHint')}>
      <Loaded query={query}>
        {({ accounts }) =>
          accounts.length === 0 ? (
            <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('noContainers')} />
          ) : (
            accounts.map((account) => <Account key={`${account.side} ${account.partner.orgId} ${account.code}`} account={account} />)
          )
        }
      </Loaded>
    </Page>
  )
}

function Account({ account }: { account: ContainerAccount }) {
  const t = useWords('logistics')
  const locale = useLocale()
  const { message } = App.useApp()
  const client = useQueryClient()
  const canReceive = useCan('logistics.receive')
  const canShip = useCan('logistics.ship')
  const canClaim = useCan('logistics.claim')
  const [sending, setSending] = useState(false)
  const act = async (work: () => Promise<unknown>, done: string) => {
    try {
      await work()
      void message.success(done)
    } catch (error) {
      void message.error(errorText(error, t))
    } finally {
      await client.invalidateQueries({ queryKey: ['logistics', 'containers'] })
    }
  }
  const { partner, side, code, balance } = account
  const confirm = (id: string, agreed: boolean) =>
    act(() => call(receivingApi.confirmContainers, { params: { id: id as never }, body: { agreed } }), t(agreed ? 'confirmed' : 'refused'))
  return (
    <Section
      title={`${nameIn(locale, partner.name, partner.nameEn)} · ${account.name} (${code})`}
      extra={
        <>
          {side === 'buyer' && canReceive && <Button onClick={() => setSending(true)}>{t('sendBack')}</Button>}
          {canClaim && (
            <Button
              onClick={() =>
                void act(
                  () => call(receivingApi.confirmBalance, { body: { partnerId: partner.orgId, side, code, balance } }),
                  t('balanceSigned'),
                )
              }
            >
              {t('signBalance', { n: balance })}
            </Button>
          )}
        </>
      }
    >
      <p>
        <strong>{t(side === 'buyer' ? 'withUs' : 'withThem', { n: formatNumber(balance) })}</strong>{' '}
        <span className="ls-quiet">{account.confirmed ? t('bothSigned', account.confirmed) : t('notSigned')}</span>
      </p>
      <ul className="lg-rows">
        {account.pending.map((one) => (
          <li key={one.id}>
            {t(one.quantity > 0 ? 'reportedIn' : 'reportedBack', { n: Math.abs(one.quantity), day: one.day })} {one.note}{' '}
            {side === 'supplier' && canShip && (
              <>
                <Button type="primary" onClick={() => void confirm(one.id, true)}>
                  {t('confirm')}
                </Button>{' '}
                <Button danger onClick={() => void confirm(one.id, false)}>
                  {t('refuse')}
                </Button>
              </>
            )}
          </li>
        ))}
      </ul>
      <EditModal<{ count: number; day: Dayjs; note?: string }>
        open={sending}
        title={t('sendBack')}
        allowUnchanged
        initialValues={{ day: pickedOfInstant(nowMs()) }}
        onClose={() => setSending(false)}
        onSubmit={async ({ count, day, note = '' }) => {
          await call(receivingApi.sendContainersBack, {
            body: { supplierId: partner.orgId, code, count, day: day.format('YYYY-MM-DD'), note },
          })
          await client.invalidateQueries({ queryKey: ['logistics', 'containers'] })
        }}
      >
        <Form.Item name="count" label={t('containerCount')} rules={[{ required: true, message: t('required') }]}>
          <InputNumber min={1} max={Math.max(1, balance)} precision={0} />
        </Form.Item>
        <Form.Item name="day" label={t('day')} rules={[{ required: true, message: t('required') }]}>
          <DatePicker />
        </Form.Item>
        <Form.Item name="note" label={t('note')}>
          <Input maxLength={200} />
        </Form.Item>
      </EditModal>
    </Section>
  )
}
