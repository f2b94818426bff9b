import { Button, Form, Input, InputNumber } from 'antd'
import { call } from '#ui/api.ts'
import { EditDrawer } from '#ui/form.tsx'
import { formatPrice } from '#ui/format.ts'
import { useWords } from '#ui/i18n.ts'
import { type RequestDetail, sourcingApi } from '../contract.ts'
import { useChange } from './queries.ts'
import { fractionOf, useUnitName } from './sourcing-words.tsx'
import './sourcing.css'

/** Per cent by line and supplier, as `l1`, `s<id>`. */
interface Values {
  reason?: string
  shares?: Record<string, Record<string, number | null | undefined>>
  reasons?: Record<string, Record<string, string | undefined>>
}

/** Each line to one supplier, or split. */
export function AwardDrawer({ request, open, onClose }: { request: RequestDetail; open: boolean; onClose: () => void }) {
  const t = useWords('sourcing')
  const change = useChange()
  const unit = useUnitName()
  const [form] = Form.useForm<Values>()
  const names = new Map(request.suppliers.map((one) => [one.supplierId, one.name]))
  const lowest = () => {
    const shares = Object.fromEntries(
      request.comparison.map(({ no, bids }) => {
        const best = bids.find((one) => one.lowest)
        return [`l${no}`, Object.fromEntries(bids.map((one) => [one.supplierId, one === best ? 100 : undefined]))]
      }),
    )
    form.setFieldsValue({ shares } as never)
  }
  return (
    <EditDrawer<Values>
      open={open}
      form={form}
      title={t('awardTitle')}
      submitText={t('actions.award')}
      width={640}
      allowUnchanged
      onClose={onClose}
      onSubmit={({ reason, shares, reasons }) =>
        change(() =>
          call(sourcingApi.award, {
            params: { id: request.id },
            body: {
              version: request.version,
              reason: reason ?? '',
              awards: request.comparison.flatMap(({ no, bids }) =>
                bids.flatMap(({ supplierId }) => {
                  const percent = shares?.[`l${no}`]?.[supplierId]
                  return percent ? [{ no, supplierId, share: fractionOf(percent), reason: reasons?.[`l${no}`]?.[supplierId] ?? '' }] : []
                }),
              ),
            },
          }),
        )
      }
    >
      <p className="ls-quiet">{t('awardHint')}</p>
      <Button onClick={lowest}>{t('awardLowest')}</Button>
      {request.comparison.map(({ no, bids }) => {
        const line = request.lines.find((one) => one.no === no)
        return (
          <div key={no} className="so-bid-line">
            <b>
              {no}. {line?.code} {line?.name}
            </b>{' '}
            <span className="ls-quiet">
              {line?.quantity} {unit(line?.unit)}
            </span>
            {bids
              .filter((one) => one.bid !== null)
              .map((one) => (
                <div key={one.supplierId} className="so-share">
                  <span>
                    {names.get(one.supplierId)} {formatPrice(request.currency, one.bid?.netPrice)}
                    {one.lowest && `（${t('lowest')}）`}
                  </span>
                  <Form.Item name={['shares', `l${no}`, one.supplierId]} noStyle>
                    <InputNumber
                      min={0}
                      max={100}
                      precision={2}
                      suffix="%"
                      aria-label={`${t('share')} ${no} ${names.get(one.supplierId)}`}
                    />
                  </Form.Item>
                  {!one.lowest && (
                    <Form.Item name={['reasons', `l${no}`, one.supplierId]} noStyle>
                      <Input maxLength={300} placeholder={t('reason')} aria-label={`${t('reason')} ${no} ${names.get(one.supplierId)}`} />
                    </Form.Item>
                  )}
                </div>
              ))}
          </div>
        )
      })}
      <Form.Item name="reason" label={t('awardReason')}>
        <Input.TextArea maxLength={1_000} autoSize={{ minRows: 2 }} />
      </Form.Item>
    </EditDrawer>
  )
}
