import { useQueryClient } from '@tanstack/react-query'
import { Alert, Form, Input, Select } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { useNavigate } from 'react-router'
import type { DeviceId } from '#modules/shopfloor/devices/contract.ts'
import { call } from '#ui/api.ts'
import { EditDrawer, EditModal } from '#ui/form.tsx'
import { nameIn, useLocale, useWords } from '#ui/i18n.ts'
import { type CommandPoint, commandsApi, type PointSetting } from '../contract.ts'
import { limitTexts, valueText } from './command-words.tsx'
import { choicesOf, fromText, toText } from './typed-value.ts'

interface Values {
  value?: string
  purpose?: string
}

interface Props {
  deviceId: string
  point: CommandPoint
  now: number | string | null
  onClose: () => void
}

/** The new value and why; then what will happen, in words, to be confirmed. */
export function WriteForm(props: Props) {
  const [typed, setTyped] = useState<Values>()
  const [confirming, setConfirming] = useState(false)
  return (
    <>
      <TypeValue
        {...props}
        typed={typed}
        hidden={confirming}
        onTyped={(values) => {
          setTyped(values)
          setConfirming(true)
        }}
      />
      {confirming && typed && <ConfirmWrite {...props} typed={typed} onBack={() => setConfirming(false)} />}
    </>
  )
}

interface Typing extends Props {
  typed: Values | undefined
  hidden: boolean
  onTyped: (values: Values) => void
}

function TypeValue({ point, now, onClose, typed, hidden, onTyped }: Typing) {
  const t = useWords('commands')
  const locale = useLocale()
  const setting = point.setting as PointSetting
  const choices = choicesOf(point, setting)
  // The drawer closes after the first step too, and then there is a second one.
  const goesOn = useRef(false)
  useEffect(() => {
    if (!hidden) goesOn.current = false
  }, [hidden])
  return (
    <EditDrawer<Values>
      open={!hidden}
      title={t('writeTitle', { point: nameIn(locale, point.label, point.labelEn) })}
      submitText={t('toConfirm')}
      initialValues={typed ?? {}}
      allowUnchanged
      successText={false}
      onClose={() => (goesOn.current ? undefined : onClose())}
      onSubmit={async (values) => {
        goesOn.current = true
        onTyped(values)
      }}
    >
      <p>
        {t('now')}：<b>{valueText(t, point, now)}</b>
      </p>
      <Form.Item
        name="value"
        label={t('newValue')}
        required
        extra={limitTexts(t, point, setting).join(' · ')}
        rules={[
          {
            validator: async (_, text: string | undefined) => {
              const value = fromText(point.valueType, text ?? '')
              if (value === undefined) throw new Error(t(choices ? 'needValue' : 'needNumber'))
              if (typeof value !== 'number') return
              const { min, max } = setting
              if ((min !== null && value < min) || (max !== null && value > max)) throw new Error(t('errors.outOfLimits'))
            },
          },
        ]}
      >
        {choices ? (
          <Select options={choices.map((one) => ({ value: toText(one), label: valueText(t, point, one) }))} />
        ) : (
          <Input inputMode="decimal" autoComplete="off" suffix={point.unit} />
        )}
      </Form.Item>
      <Form.Item
        name="purpose"
        label={t('purpose')}
        extra={t('purposeHint')}
        rules={[{ required: true, min: 2, message: t('needPurpose') }]}
      >
        <Input.TextArea maxLength={200} autoSize={{ minRows: 2 }} />
      </Form.Item>
    </EditDrawer>
  )
}

function ConfirmWrite({ deviceId, point, now, typed, onBack }: Props & { typed: Values; onBack: () => void }) {
  const t = useWords('commands')
  const locale = useLocale()
  const client = useQueryClient()
  const navigate = useNavigate()
  // It names one request however often the button is pressed or the network fails.
  const [requestKey] = useState(() => crypto.randomUUID())
  const setting = point.setting as PointSetting
  const value = fromText(point.valueType, typed.value ?? '')
  if (value === undefined) return null
  return (
    <EditModal<Values>
      open
      title={t('writeTitle', { point: nameIn(locale, point.label, point.labelEn) })}
      submitText={t(setting.approval ? 'confirmRequest' : 'confirmWrite')}
      danger
      allowUnchanged
      successText={t('requested')}
      onClose={onBack}
      onSubmit={async () => {
        const body = { deviceId: deviceId as DeviceId, point: point.name, value, purpose: typed.purpose ?? '' }
        const made = await call(commandsApi.request, { body, idempotencyKey: requestKey })
        await client.invalidateQueries({ queryKey: ['commands'] })
        await navigate(`/commands/${made.id}`)
      }}
    >
      <Alert
        type="warning"
        showIcon
        title={t('confirmText', {
          point: nameIn(locale, point.label, point.labelEn),
          before: valueText(t, point, now),
          value: valueText(t, point, value),
        })}
        description={t(setting.approval ? 'confirmApproval' : 'confirmNow')}
      />
    </EditModal>
  )
}
