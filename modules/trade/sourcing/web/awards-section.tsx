import { App, Button, DatePicker, Form } from 'antd'
import type { Dayjs } from 'dayjs'
import { useState } from 'react'
import { Link } from 'react-router'
import { call, errorText } from '#ui/api.ts'
import { EditModal } from '#ui/form.tsx'
import { EMPTY, formatPrice, formatQuantity, formatText } from '#ui/format.ts'
import { useWords } from '#ui/i18n.ts'
import { Section } from '#ui/page.tsx'
import { useCan } from '#ui/session.ts'
import { writePercent } from '#values/decimal.ts'
import { type RequestDetail, sourcingApi } from '../contract.ts'
import { useChange } from './queries.ts'

/** Who got what, and the order that it became. */
export function Awards({ request }: { request: RequestDetail }) {
  const t = useWords('sourcing')
  const canManage = useCan('sourcing.manage')
  if (request.awards.length === 0) return null
  const names = new Map(request.suppliers.map((one) => [one.supplierId, one.name]))
  const orders = new Map(request.orders.map((one) => [one.supplierId, one]))
  return (
    <Section title={t('award')} flush>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <div className="ls-rows" tabIndex={0}>
        <table aria-label={t('award')}>
          <thead>
            <tr>
              <th scope="col">{t('line')}</th>
              <th scope="col">{t('supplier')}</th>
              <th scope="col">{t('share')}</th>
              <th scope="col" className="ls-cell-right">
                {t('awardedQuantity')}
              </th>
              <th scope="col" className="ls-cell-right">
                {t('netPrice')}
              </th>
              <th scope="col">{t('order')}</th>
              <th scope="col">{t('agreement.ofAward')}</th>
              <th scope="col">{t('reason')}</th>
            </tr>
          </thead>
          <tbody>
            {request.awards.map((one, i) => {
              const first = request.awards.findIndex((other) => other.supplierId === one.supplierId) === i
              const order = orders.get(one.supplierId)
              return (
                <tr key={`${one.no} ${one.supplierId}`}>
                  <td>{one.no}</td>
                  <td>{names.get(one.supplierId)}</td>
                  <td>{writePercent(one.share)}</td>
                  <td className="ls-cell-right">{formatQuantity(one.quantity)}</td>
                  <td className="ls-cell-right">{formatPrice(request.currency, one.netPrice)}</td>
                  <td>{order ? <Link to={`/orders/${order.orderId}`}>{order.number}</Link> : EMPTY}</td>
                  <td>
                    {request.agreements
                      .filter((agreement) => agreement.supplierId === one.supplierId)
                      .map((agreement) => (
                        <div key={agreement.agreementId}>
                          <Link to={`/sourcing/agreements/${agreement.agreementId}`}>{agreement.number}</Link>
                        </div>
                      ))}
                    {first && canManage && (
                      <Link to={`/sourcing/agreements/new?request=${request.id}&supplier=${one.supplierId}`}>
                        <Button size="small">{t('agreement.fromAward')}</Button>
                      </Link>
                    )}
                  </td>
                  <td>{formatText(one.reason)}</td>
                </tr>
              )
            })}
          </tbody>
        </table>
      </div>
    </Section>
  )
}

/** A draft order for each awarded supplier; a day is asked for only where nothing says one. */
export function OrderButton({ request }: { request: RequestDetail }) {
  const t = useWords('sourcing')
  const change = useChange()
  const { modal, message } = App.useApp()
  const [asks, setAsks] = useState(false)
  const make = async (day: string | null) => {
    await change(() => call(sourcingApi.order, { params: { id: request.id }, body: { version: request.version, day } }))
    void message.success(t('ordersMade'))
  }
  const suppliers = new Set(request.awards.map((one) => one.supplierId)).size - request.orders.length
  const start = () => {
    if (request.awards.some((one) => one.day === null)) return setAsks(true)
    modal.confirm({
      title: t('ordersTitle', { n: suppliers }),
      content: t('ordersText'),
      okText: t('actions.order'),
      cancelText: t('ui:cancel'),
      onOk: () => make(null).catch((error: unknown) => void message.error(errorText(error, t))),
    })
  }
  return (
    <>
      <Button type="primary" onClick={start}>
        {t('actions.order')}
      </Button>
      <EditModal<{ day: Dayjs }>
        open={asks}
        title={t('ordersTitle', { n: suppliers })}
        submitText={t('actions.order')}
        onClose={() => setAsks(false)}
        onSubmit={({ day }) => make(day.format('YYYY-MM-DD'))}
      >
        <p>{t('ordersText')}</p>
        <Form.Item name="day" label={t('ordersDay')} rules={[{ required: true, message: t('required') }]}>
          <DatePicker />
        </Form.Item>
      </EditModal>
    </>
  )
}
