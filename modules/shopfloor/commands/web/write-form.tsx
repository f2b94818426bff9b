import { useQueryClient } from '@tanstack/react-query'
import { Alert, Form, Input, Select } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { useNavigate } from 'react-router'
import type { DeviceId } from '#modules/shopfloor/devices/contract.ts'
import { call } from '#ui/api.ts'
import { EditDrawer, EditModal } from '#ui/form.tsx'
import { nameIn, useLocale, useWords } from '#ui/i18n.ts'
import { type CommandPoint, commandsApi, type PointSetting } from '../contract.ts'
import { rangeTexts, shownArgument, valueText } from './command-words.tsx'
import { argumentsFrom, choicesOf, fromText, toText } from './typed-value.ts'

interface Values {
  value?: string
  /** Of a method, by name. */
  given?: Record<string, string | undefined>
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
  // The drawer closes after the first step too, and then there is a second one.
  const goesOn = useRef(false)
  useEffect(() => {
    if (!hidden) goesOn.current = false
  }, [hidden])
  return (
    <EditDrawer<Values>
      open={!hidden}
      title={t(point.parameters ? 'callTitle' : 'writeTitle', { point: nameIn(locale, point.label, point.labelEn) })}
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
      {point.parameters ? (
        point.parameters.map((parameter) => (
          <ValueField
            key={parameter.name}
            name={['given', parameter.name]}
            label={nameIn(locale, parameter.label, parameter.labelEn)}
            of={shownArgument(parameter)}
            limits={setting.arguments?.[parameter.name] ?? { min: parameter.min, max: parameter.max, step: null, allowed: null }}
          />
        ))
      ) : (
        <>
          <p>
            {t('now')}：<b>{valueText(t, point, now)}</b>
          </p>
          <ValueField name="value" label={t('newValue')} of={point} limits={setting} />
        </>
      )}
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

interface Field {
  name: string | string[]
  label: string
  of: Parameters<typeof rangeTexts>[1]
  limits: Pick<PointSetting, 'min' | 'max' | 'step' | 'allowed'>
}

function ValueField({ name, label, of, limits }: Field) {
  const t = useWords('commands')
  const choices = choicesOf(of, limits)
  return (
    <Form.Item
      name={name}
      label={label}
      required
      extra={rangeTexts(t, of, limits).join(' · ')}
      rules={[
        {
          validator: async (_, text: string | undefined) => {
            const value = fromText(of.valueType, text ?? '')
            if (value === undefined) throw new Error(t(choices || of.valueType === 'string' ? 'needValue' : 'needNumber'))
            if (typeof value !== 'number') return
            const { min, max } = limits
            if ((min !== null && value < min) || (max !== null && value > max)) throw new Error(t('errors.outOfLimits'))
          },
        },
      ]}
    >
      {choices ? (
        <Select options={choices.map((one) => ({ value: toText(one), label: valueText(t, of, one) }))} />
      ) : (
        <Input inputMode="decimal" autoComplete="off" suffix={of.unit} />
      )}
    </Form.Item>
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
  const { parameters } = point
  const value = parameters ? argumentsFrom(parameters, typed.given ?? {}) : fromText(point.valueType, typed.value ?? '')
  if (value === undefined) return null
  return (
    <EditModal<Values>
      open
      title={t(parameters ? 'callTitle' : 'writeTitle', { point: nameIn(locale, point.label, point.labelEn) })}
      submitText={t(setting.approval ? 'confirmRequest' : parameters ? 'confirmCall' : 'confirmWrite')}
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
        title={t(parameters ? 'confirmCallText' : 'confirmText', {
          point: nameIn(locale, point.label, point.labelEn),
          before: valueText(t, point, now),
          value: valueText(t, point, value),
        })}
        description={t(setting.approval ? 'confirmApproval' : parameters ? 'confirmCallNow' : 'confirmNow')}
      />
    </EditModal>
  )
}
