import { DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import { useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input, InputNumber, Select, Switch } from 'antd'
import type { DeviceId } from '#modules/shopfloor/devices/contract.ts'
import { Comparison } from '#modules/shopfloor/gateways/contract.ts'
import { ApiError, call } from '#ui/api.ts'
import { EditDrawer } from '#ui/form.tsx'
import { nameIn, useLocale, useWords } from '#ui/i18n.ts'
import { type CallParameter, type CommandPoint, commandLimits, commandsApi, type PointSetting } from '../contract.ts'
import { shownArgument, valueText } from './command-words.tsx'
import { choicesOf, fromText, toText } from './typed-value.ts'

interface Values {
  permission: PointSetting['permission']
  min: number | null
  max: number | null
  step: number | null
  allowed: string[]
  approval: boolean
  timeoutS: number
  interlocks: { point?: string; is?: Comparison; than?: string }[]
  /** Of a method, by name. */
  given: Record<string, { min: number | null; max: number | null; step: number | null; allowed: string[] }>
}

interface Props {
  deviceId: string
  point: CommandPoint
  points: readonly CommandPoint[]
  onClose: () => void
}

const valuesOf = (setting: PointSetting | null, parameters: readonly CallParameter[]): Values => ({
  permission: setting?.permission ?? 'commands.writeCritical',
  min: setting?.min ?? null,
  max: setting?.max ?? null,
  step: setting?.step ?? null,
  allowed: setting?.allowed?.map(toText) ?? [],
  // A new one is as strict as can be.
  approval: setting?.approval ?? true,
  timeoutS: setting?.timeoutS ?? 10,
  interlocks: setting?.interlocks.map(({ point, is, than }) => ({ point, is, than: toText(than) })) ?? [],
  given: Object.fromEntries(
    parameters.map(({ name, min, max }) => {
      const own = setting?.arguments?.[name] ?? { min, max, step: null, allowed: null }
      return [name, { ...own, allowed: own.allowed?.map(toText) ?? [] }]
    }),
  ),
})

/** Who may write a point, and within what. */
export function SettingForm({ deviceId, point, points, onClose }: Props) {
  const t = useWords('commands')
  const locale = useLocale()
  const client = useQueryClient()
  const [form] = Form.useForm<Values>()
  const isNumeric = point.valueType === 'number' || point.valueType === 'integer'
  const typed = (value: string, of: CommandPoint): never => (fromText(of.valueType, value) ?? value) as never
  const parameters = point.parameters ?? []
  const save = async ({ allowed = [], interlocks, given = {}, ...values }: Values) => {
    const body = {
      ...{ min: null, max: null, step: null },
      ...values,
      ...(point.parameters ? { arguments: Object.fromEntries(parameters.map((one) => [one.name, limitsFrom(one, given[one.name])])) } : {}),
      allowed: allowed.length === 0 ? null : allowed.map((value) => typed(value, point)),
      interlocks: interlocks.map(({ point: name = '', is = 'eq', than = '' }) => ({
        point: name,
        is,
        than: typed(than, points.find((one) => one.name === name) ?? point),
      })),
      version: point.setting?.version ?? 0,
    }
    await call(commandsApi.allow, { params: { deviceId: deviceId as DeviceId, name: point.name }, body }).catch((error: unknown) => {
      // Said where it belongs: with the limits, or with the interlocks.
      if (error instanceof ApiError && error.code === 'commands.limitsWrong') {
        const fault = String(error.details.fault)
        const at = fault === 'interlockWrong' || point.parameters ? 'timeoutS' : isNumeric ? 'max' : 'allowed'
        form.setFields([{ name: at, errors: [t(`faults.${fault}`)] }])
      }
      throw error
    })
    await client.invalidateQueries({ queryKey: ['commands'] })
  }
  return (
    <EditDrawer<Values>
      open
      form={form}
      title={t('settingTitle', { point: nameIn(locale, point.label, point.labelEn) })}
      initialValues={valuesOf(point.setting, parameters)}
      allowUnchanged={point.setting === null}
      onClose={onClose}
      onReload={() => void client.invalidateQueries({ queryKey: ['commands'] })}
      onSubmit={save}
    >
      <Form.Item name="permission" label={t('who')}>
        <Select
          options={(['commands.write', 'commands.writeCritical'] as const).map((value) => ({
            value,
            label: t(`whos.${value.split('.')[1]}`),
          }))}
        />
      </Form.Item>
      {point.parameters ? (
        parameters.map((one) => (
          <fieldset key={one.name} className="cm-argument">
            <legend>{nameIn(locale, one.label, one.labelEn)}</legend>
            <LimitFields at={['given', one.name]} of={shownArgument(one)} />
          </fieldset>
        ))
      ) : (
        <LimitFields at={[]} of={point} />
      )}
      <Form.Item name="approval" label={t('approval')} extra={t('approvalHint')} valuePropName="checked">
        <Switch />
      </Form.Item>
      <Interlocks points={points} />
      <Form.Item name="timeoutS" label={t('timeoutS')} extra={t('timeoutHint')} rules={[{ required: true, message: t('needNumber') }]}>
        <InputNumber min={commandLimits.shortestTimeoutS} max={commandLimits.longestTimeoutS} precision={0} />
      </Form.Item>
    </EditDrawer>
  )
}

function LimitFields({ at, of }: { at: string[]; of: Parameters<typeof valueText>[1] }) {
  const t = useWords('commands')
  const choices = choicesOf(of, { allowed: null })
  const number = (name: 'min' | 'max' | 'step') => (
    <Form.Item name={[...at, name]} label={t(name)}>
      <InputNumber style={{ width: '100%' }} {...(of.unit && name !== 'step' ? { suffix: of.unit } : {})} />
    </Form.Item>
  )
  return (
    <>
      {(of.valueType === 'number' || of.valueType === 'integer') && (
        <div className="cm-three">
          {number('min')}
          {number('max')}
          {number('step')}
        </div>
      )}
      <Form.Item name={[...at, 'allowed']} label={t('allowedValues')} extra={t('allowedValuesHint')}>
        <Select
          mode={choices ? 'multiple' : 'tags'}
          tokenSeparators={[',', '，', '、', ' ']}
          options={choices?.map((one) => ({ value: toText(one), label: valueText(t, of, one) })) ?? []}
          {...(choices ? {} : { open: false })}
        />
      </Form.Item>
    </>
  )
}

const limitsFrom = ({ valueType }: CallParameter, own: Values['given'][string] | undefined) => ({
  min: own?.min ?? null,
  max: own?.max ?? null,
  step: own?.step ?? null,
  allowed: own && own.allowed.length > 0 ? own.allowed.map((text) => fromText(valueType, text) ?? text) : null,
})

function Interlocks({ points }: { points: readonly CommandPoint[] }) {
  const t = useWords('commands')
  const locale = useLocale()
  const options = points
    .flatMap((one) => (one.parameters ? [] : [one]))
    .map((one) => ({ value: one.name, label: nameIn(locale, one.label, one.labelEn) }))
  return (
    <Form.Item label={t('interlocks')} extra={t('interlocksHint')}>
      <Form.List name="interlocks">
        {(fields, { add, remove }) => (
          <>
            {fields.map(({ key, name }) => (
              <div key={key} className="cm-interlock">
                <Form.Item name={[name, 'point']} rules={[{ required: true, message: t('needValue') }]}>
                  <Select
                    aria-label={t('interlockPoint')}
                    showSearch={{ optionFilterProp: 'label' }}
                    options={options}
                    placeholder={t('interlockPoint')}
                  />
                </Form.Item>
                <Form.Item name={[name, 'is']} initialValue="eq">
                  <Select
                    aria-label={t('interlockIs')}
                    options={Comparison.options.map((value) => ({ value, label: t(`comparisons.${value}`) }))}
                  />
                </Form.Item>
                <Form.Item noStyle shouldUpdate>
                  {({ getFieldValue }) => (
                    <Than name={name} point={points.find((one) => one.name === getFieldValue(['interlocks', name, 'point']))} />
                  )}
                </Form.Item>
                <Button type="text" icon={<DeleteOutlined aria-hidden />} aria-label={t('removeInterlock')} onClick={() => remove(name)} />
              </div>
            ))}
            <Button icon={<PlusOutlined aria-hidden />} onClick={() => add({})} disabled={fields.length >= 8}>
              {t('addInterlock')}
            </Button>
          </>
        )}
      </Form.List>
    </Form.Item>
  )
}

function Than({ name, point }: { name: number; point: CommandPoint | undefined }) {
  const t = useWords('commands')
  const choices = point && choicesOf(point, { allowed: null })
  return (
    <Form.Item name={[name, 'than']} rules={[{ required: true, message: t('needValue') }]}>
      {choices ? (
        <Select aria-label={t('interlockThan')} options={choices.map((one) => ({ value: toText(one), label: valueText(t, point, one) }))} />
      ) : (
        <Input aria-label={t('interlockThan')} suffix={point?.unit} autoComplete="off" />
      )}
    </Form.Item>
  )
}
