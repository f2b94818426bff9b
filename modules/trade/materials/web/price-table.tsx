import { App, Button, DatePicker, Form } from 'antd'
import type { Dayjs } from 'dayjs'
import { useState } from 'react'
import { call } from '#ui/api.ts'
import { EditModal } from '#ui/form.tsx'
import { formatPrice, formatQuantity, formatText } from '#ui/format.ts'
import { useLocale, useWords } from '#ui/i18n.ts'
import { StatusTag } from '#ui/page.tsx'
import { writePercent } from '#values/decimal.ts'
import { unitName } from '#values/units.ts'
import { type Price, supplyApi } from '../supply-contract.ts'
import { priceTones, useChange } from './queries.ts'

/** The newest first; what was stays. */
export function PriceTable({ prices, canManage }: { prices: Price[]; canManage: boolean }) {
  const t = useWords('materials')
  const english = useLocale() === 'en-US'
  return (
    <div className="mt-scroll">
      <table className="mt-table">
        <thead>
          <tr>
            <th>{t('validity')}</th>
            <th>{t('state')}</th>
            <th className="mt-number">{t('prices.fromQuantity')}</th>
            <th className="mt-number">{t('prices.net')}</th>
            <th className="mt-number">{t('prices.taxRate')}</th>
            <th className="mt-number">{t('prices.gross')}</th>
            <th>{t('prices.createdBy')}</th>
            {canManage && <th>{t('ui:actions', { defaultValue: '' })}</th>}
          </tr>
        </thead>
        <tbody>
          {prices.map((price) => {
            const unit = unitName(price.unit, english)
            return (
              <tr key={price.id}>
                <td>{t(price.validUntil ? 'fromTo' : 'fromOn', { from: price.validFrom, until: price.validUntil ?? '' })}</td>
                <td data-label={t('state')}>
                  <StatusTag tone={priceTones[price.state]}>{t(`prices.states.${price.state}`)}</StatusTag>
                </td>
                <td data-label={t('prices.fromQuantity')} className="mt-number">
                  {price.fromQuantity === '0' ? '—' : `≥ ${formatQuantity(price.fromQuantity)} ${unit}`}
                </td>
                <td data-label={t('prices.net')} className="mt-number">
                  {formatPrice(price.currency, price.netPrice)} / {unit}
                </td>
                <td data-label={t('prices.taxRate')} className="mt-number">
                  {writePercent(price.taxRate)}
                </td>
                <td data-label={t('prices.gross')} className="mt-number">
                  {formatPrice(price.currency, price.grossPrice)}
                </td>
                <td data-label={t('prices.createdBy')}>{formatText(price.createdBy)}</td>
                {canManage && (
                  <td>
                    <PriceActions price={price} />
                  </td>
                )}
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}

function PriceActions({ price }: { price: Price }) {
  const t = useWords('materials')
  const { modal } = App.useApp()
  const change = useChange()
  const [ending, setEnding] = useState(false)
  if (price.state === 'upcoming')
    return (
      <Button
        size="small"
        onClick={() =>
          modal.confirm({
            title: t('prices.withdrawTitle'),
            okText: t('prices.withdraw'),
            okButtonProps: { danger: true },
            onOk: () => change(() => call(supplyApi.withdrawPrice, { params: { id: price.id }, body: { version: price.version } })),
          })
        }
      >
        {t('prices.withdraw')}
      </Button>
    )
  if (price.state !== 'inForce') return null
  return (
    <>
      <Button size="small" onClick={() => setEnding(true)}>
        {t('prices.end')}
      </Button>
      <EditModal<{ validUntil: Dayjs }>
        open={ending}
        title={t('prices.endTitle')}
        initialValues={{}}
        onClose={() => setEnding(false)}
        fieldOfCode={{ 'materials.invalidPeriod': 'validUntil' }}
        onSubmit={({ validUntil }) =>
          change(() =>
            call(supplyApi.endPrice, {
              params: { id: price.id },
              body: { version: price.version, validUntil: validUntil.format('YYYY-MM-DD') },
            }),
          )
        }
      >
        <Form.Item name="validUntil" label={t('validUntil')} rules={[{ required: true }]}>
          <DatePicker className="mt-wide" />
        </Form.Item>
      </EditModal>
    </>
  )
}
