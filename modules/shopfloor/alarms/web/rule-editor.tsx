import { useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button, Collapse, Form, Input, InputNumber, Segmented, Select, Switch } from 'antd'
import { useState } from 'react'
import { type DeviceId, devicesApi } from '#modules/shopfloor/devices/contract.ts'
import { call, errorText } from '#ui/api.ts'
import { EditDrawer } from '#ui/form.tsx'
import { nameIn, useLocale, useWords } from '#ui/i18n.ts'
import { type AlarmRule, alarmsApi, Priority, type RuleInput } from '../contract.ts'
import { ConditionFields } from './condition-fields.tsx'
import { type PointChoice, type RuleValues, ruleOfValues, valuesOfRule } from './rule-values.ts'
import { StateCodes } from './state-codes.tsx'
import './alarms.css'

const fieldOfCode = {
  'alarms.pointNotFound': 'pointName',
  'alarms.notNumeric': 'pointName',
  'alarms.deviceNotFound': 'deviceId',
  'alarms.expressionSyntax': 'expression',
  'alarms.expressionUnsupported': 'expression',
  'alarms.expressionMismatch': 'expression',
  'alarms.expressionNotTrueFalse': 'expression',
  'alarms.expressionPoint': 'expression',
  'alarms.expressionWithoutPoint': 'expression',
}

/** A rule: new for a device or a thing model, or changed. `deviceId`: it is for this device. */
export function RuleEditor({ rule, deviceId, onClose }: { rule?: AlarmRule | undefined; deviceId?: string; onClose: () => void }) {
  const t = useWords('alarms')
  const client = useQueryClient()
  const [form] = Form.useForm<RuleValues>()
  const scope = Form.useWatch('scope', form) ?? (rule?.modelCode ? 'model' : 'device')
  const chosenDevice = Form.useWatch('deviceId', { form, preserve: true }) ?? rule?.deviceId ?? deviceId
  const chosenModel = Form.useWatch('modelCode', { form, preserve: true }) ?? rule?.modelCode ?? undefined
  const points = usePoints(scope === 'model' ? { modelCode: chosenModel } : { deviceId: chosenDevice })
  const pointName = Form.useWatch('pointName', form)
  const suppressing = Form.useWatch('suppressionPoint', form)
  const point = points.find((one) => one.name === pointName)
  return (
    <EditDrawer<RuleValues>
      open
      form={form}
      width={600}
      title={t(rule ? 'rule.edit' : 'rule.add')}
      initialValues={valuesOfRule(rule, deviceId)}
      allowUnchanged={!rule}
      fieldOfCode={fieldOfCode}
      onClose={onClose}
      onReload={() => void client.invalidateQueries({ queryKey: ['alarms'] })}
      onSubmit={async (values) => {
        const body: RuleInput = ruleOfValues({ ...valuesOfRule(rule, deviceId), ...values })
        const { deviceId: _device, modelCode: _model, ...change } = body
        if (rule) await call(alarmsApi.changeRule, { params: { id: rule.id }, body: { ...change, version: rule.version } })
        else await call(alarmsApi.createRule, { body })
        await client.invalidateQueries({ queryKey: ['alarms'] })
      }}
    >
      <div className="al-pair">
        <Form.Item name="name" label={t('rule.name')} rules={[{ required: true, whitespace: true, message: t('required') }]}>
          <Input maxLength={80} placeholder={t('rule.nameExample')} autoComplete="off" />
        </Form.Item>
        <Form.Item name="nameEn" label={`${t('rule.nameEn')}（${t('ui:optional')}）`}>
          <Input maxLength={80} autoComplete="off" />
        </Form.Item>
      </div>
      {!rule && !deviceId && <Scope scope={scope} onScope={() => form.setFieldsValue({ pointName: undefined } as never)} />}
      <div className="al-pair">
        <Form.Item name="pointName" label={t('point')} rules={[{ required: true, message: t('required') }]}>
          <Select
            placeholder={points.length === 0 ? t('rule.chooseFirst') : undefined}
            showSearch={{ optionFilterProp: 'label' }}
            options={points.map(({ name, label }) => ({ value: name, label }))}
          />
        </Form.Item>
        <Form.Item name="priority" label={t('priority')}>
          <Select options={Priority.options.map((value) => ({ value, label: t(`priorities.${value}`) }))} />
        </Form.Item>
      </div>
      <ConditionFields form={form} point={point} points={points} />
      <div className="al-pair">
        <Form.Item name="onDelayS" label={t('rule.onDelayS')} extra={t('rule.onDelayHint')}>
          <InputNumber min={0} max={3600} precision={0} style={{ width: '100%' }} />
        </Form.Item>
        <Form.Item name="offDelayS" label={t('rule.offDelayS')}>
          <InputNumber min={0} max={3600} precision={0} style={{ width: '100%' }} />
        </Form.Item>
      </div>
      <Form.Item name="response" label={t('rule.response')}>
        <Input.TextArea rows={2} maxLength={500} />
      </Form.Item>
      <Collapse
        ghost
        items={[
          { key: 'why', label: t('rule.rationalisation'), forceRender: true, children: <Rationalisation /> },
          {
            key: 'more',
            label: t('rule.suppression'),
            forceRender: true,
            children: (
              <>
                <Form.Item name="suppressionPoint" label={t('rule.suppressionPoint')} extra={t('rule.suppressionHint')}>
                  <Select allowClear options={points.filter((one) => one.codes).map(({ name, label }) => ({ value: name, label }))} />
                </Form.Item>
                {suppressing && (
                  <Form.Item
                    name="suppressionValues"
                    label={t('rule.suppressionValues')}
                    rules={[{ required: true, message: t('required') }]}
                  >
                    <StateCodes point={points.find((one) => one.name === suppressing)} />
                  </Form.Item>
                )}
                <Form.Item name="badQuality" label={t('rule.badQuality')}>
                  <Select options={(['ignore', 'raise'] as const).map((value) => ({ value, label: t(`badQualities.${value}`) }))} />
                </Form.Item>
                <Form.Item name="latched" label={t('rule.latched')} extra={t('rule.latchedHint')} valuePropName="checked">
                  <Switch />
                </Form.Item>
              </>
            ),
          },
        ]}
      />
      <div className="al-pair">
        <Form.Item name="notify" label={t('rule.notify')} extra={t('rule.notifyHint')} valuePropName="checked">
          <Switch />
        </Form.Item>
        <Form.Item name="escalateMinutes" label={t('rule.escalateMinutes')} extra={t('rule.escalateHint')}>
          <InputNumber min={1} max={1440} precision={0} style={{ width: '100%' }} />
        </Form.Item>
      </div>
      {rule && <Retire rule={rule} onDone={onClose} />}
    </EditDrawer>
  )
}

function Rationalisation() {
  const t = useWords('alarms')
  return (
    <>
      <Form.Item name="cause" label={t('rule.cause')}>
        <Input.TextArea rows={2} maxLength={500} />
      </Form.Item>
      <Form.Item name="consequence" label={t('rule.consequence')}>
        <Input.TextArea rows={2} maxLength={500} />
      </Form.Item>
      <Form.Item name="responseMinutes" label={t('rule.responseMinutes')}>
        <InputNumber min={1} max={1440} precision={0} />
      </Form.Item>
    </>
  )
}

function Scope({ scope, onScope }: { scope: 'device' | 'model'; onScope: () => void }) {
  const t = useWords('alarms')
  const locale = useLocale()
  const [text, setText] = useState('')
  const devices = useQuery({
    queryKey: ['alarms', 'deviceChoices', text],
    queryFn: ({ signal }) => call(devicesApi.list, { query: { ...(text ? { search: text } : {}), limit: 50 }, signal }),
    placeholderData: (before) => before,
  })
  const models = useQuery({
    queryKey: ['alarms', 'modelChoices'],
    queryFn: ({ signal }) => call(devicesApi.thingModels, { query: { limit: 200 }, signal }),
  })
  const required = [{ required: true, message: t('required') }]
  return (
    <>
      <Form.Item name="scope" label={t('rule.scope')}>
        <Segmented
          onChange={onScope}
          options={(['device', 'model'] as const).map((value) => ({ value, label: t(`rule.scopes.${value}`) }))}
        />
      </Form.Item>
      {scope === 'device' ? (
        <Form.Item name="deviceId" label={t('device')} rules={required}>
          <Select
            placeholder={t('rule.chooseDevice')}
            showSearch={{ filterOption: false, onSearch: setText }}
            loading={devices.isFetching}
            onChange={onScope}
            options={(devices.data?.items ?? []).map((one) => ({
              value: one.id as string,
              label: `${nameIn(locale, one.name, one.nameEn)}（${one.own?.code ?? ''}）`,
            }))}
          />
        </Form.Item>
      ) : (
        <Form.Item name="modelCode" label={t('rule.model')} rules={required}>
          <Select
            showSearch={{ optionFilterProp: 'label' }}
            onChange={onScope}
            options={(models.data?.items ?? []).map((one) => ({ value: one.code, label: nameIn(locale, one.name, one.nameEn) }))}
          />
        </Form.Item>
      )}
    </>
  )
}

function Retire({ rule, onDone }: { rule: AlarmRule; onDone: () => void }) {
  const t = useWords('alarms')
  const client = useQueryClient()
  const { modal, message } = App.useApp()
  const ask = () =>
    modal.confirm({
      title: t('rule.retire'),
      content: t('rule.retireText', { n: rule.devices }),
      okText: t('rule.retire'),
      okButtonProps: { danger: true },
      cancelText: t('ui:cancel'),
      onOk: async () => {
        try {
          await call(alarmsApi.retireRule, { params: { id: rule.id }, body: { version: rule.version } })
          await client.invalidateQueries({ queryKey: ['alarms'] })
          onDone()
        } catch (error) {
          void message.error(errorText(error, t))
        }
      },
    })
  return (
    <Button danger onClick={ask}>
      {t('rule.retire')}
    </Button>
  )
}

/** Points that can be watched: all but texts. */
function usePoints(of: { deviceId?: string | undefined; modelCode?: string | undefined }): PointChoice[] {
  const t = useWords('alarms')
  const locale = useLocale()
  const device = useQuery({
    queryKey: ['alarms', 'devicePoints', of.deviceId],
    queryFn: async ({ signal }) => (await call(devicesApi.points, { params: { id: of.deviceId as DeviceId }, signal })).points,
    enabled: of.deviceId !== undefined,
  })
  const model = useQuery({
    queryKey: ['alarms', 'modelPoints', of.modelCode],
    queryFn: async ({ signal }) => {
      const { items } = await call(devicesApi.thingModels, { query: { search: of.modelCode ?? '', limit: 200 }, signal })
      const found = items.find((one) => one.code === of.modelCode)
      return found ? (await call(devicesApi.thingModel, { params: { id: found.id }, signal })).definition.properties : []
    },
    enabled: of.modelCode !== undefined,
  })
  return ((of.modelCode === undefined ? device.data : model.data) ?? [])
    .filter((point) => point.valueType !== 'string')
    .map((point) => ({
      name: point.name,
      label: nameIn(locale, point.label, point.labelEn),
      unit: point.unit,
      codes: point.states ?? (point.valueType === 'boolean' ? { 1: t('yes'), 0: t('no') } : point.kind === 'state' ? {} : null),
    }))
}
