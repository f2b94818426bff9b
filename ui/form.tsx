import { Alert, App, Button, Drawer, Form, type FormInstance, Modal, Space, Tooltip } from 'antd'
import { type KeyboardEvent, type ReactNode, useCallback, useEffect, useRef, useState } from 'react'
import { useBlocker } from 'react-router'
import type { z } from 'zod'
import { ApiError, errorText, isConflict } from './api.ts'
import { useWords, type Words } from './i18n.ts'

export interface EditProps<Values extends object> {
  open: boolean
  title: string
  /** The values at the opening; a new object while it is open does not overwrite what was typed. */
  initialValues?: Partial<Values>
  /** Saves; what it throws is shown: at the fields where it belongs to them, else on top. */
  onSubmit: (values: Values) => Promise<unknown>
  onClose: () => void
  children: ReactNode
  submitText?: string
  /** What is done cannot be taken back, or takes something from others. */
  danger?: boolean
  /** Why saving is impossible now; the button says it. */
  disabledReason?: string | undefined
  /** Which field an error code belongs to: `{ 'access.loginTaken': 'login' }`. */
  fieldOfCode?: Record<string, string | (string | number)[]>
  /** Offered when somebody changed the record meanwhile; fetches it again. */
  onReload?: () => void
  /** Saving without a change makes sense (a new record, a confirmation). Default: true when there are no initial values. */
  allowUnchanged?: boolean
  /** What happened is told by the caller; default is “saved”. */
  successText?: string | false
  width?: number
  form?: FormInstance<Values>
}

/** A form in a drawer at the side: for records with several fields. */
export function EditDrawer<Values extends object>(props: EditProps<Values>) {
  const edit = useEdit(props)
  return (
    <Drawer
      open={props.open}
      title={props.title}
      size={props.width ?? 520}
      styles={{ wrapper: { maxWidth: '100vw' } }}
      onClose={edit.close}
      mask={{ closable: true }}
      destroyOnHidden
      footer={<Space className="ls-form-foot">{edit.buttons}</Space>}
    >
      {edit.body}
    </Drawer>
  )
}

/** A form in the middle: for one or two fields and for dangerous actions. */
export function EditModal<Values extends object>(props: EditProps<Values>) {
  const edit = useEdit(props)
  return (
    <Modal
      open={props.open}
      title={props.title}
      width={props.width ?? 480}
      onCancel={edit.close}
      mask={{ closable: false }}
      destroyOnHidden
      footer={<Space>{edit.buttons}</Space>}
    >
      {edit.body}
    </Modal>
  )
}

function useEdit<Values extends object>(props: EditProps<Values>) {
  const t = useWords()
  const { modal, message } = App.useApp()
  const [own] = Form.useForm<Values>()
  const form = props.form ?? own
  const [saving, setSaving] = useState(false)
  const [failure, setFailure] = useState<unknown>()
  const [touched, setTouched] = useState(false)
  const done = useRef(false)
  const unchanged = !touched && !(props.allowUnchanged ?? props.initialValues === undefined)
  const reason = props.disabledReason ?? (unchanged ? t('ui:form.unchanged') : undefined)

  useEffect(() => {
    if (!props.open) return
    done.current = false
    setFailure(undefined)
    setTouched(false)
  }, [props.open])
  useUnsavedGuard(props.open && touched && !saving && !done.current)

  const close = useCallback(() => {
    if (!touched) return props.onClose()
    modal.confirm({
      title: t('ui:form.unsavedTitle'),
      content: t('ui:form.unsavedText'),
      okText: t('ui:form.leave'),
      okButtonProps: { danger: true },
      cancelText: t('ui:form.stay'),
      onOk: props.onClose,
    })
  }, [touched, modal, t, props.onClose])

  const submit = async (values: Values) => {
    if (saving || reason) return
    setSaving(true)
    setFailure(undefined)
    try {
      await props.onSubmit(values)
      done.current = true
      if (props.successText !== false) void message.success(props.successText ?? t('ui:saved'))
      props.onClose()
    } catch (error) {
      setFailure(showAtFields(form, error, props.fieldOfCode ?? {}, t) ? undefined : error)
    } finally {
      setSaving(false)
    }
  }

  const buttons = (
    <>
      <Button onClick={close}>{t('ui:cancel')}</Button>
      <Tooltip title={reason}>
        <Button
          type="primary"
          danger={props.danger ?? false}
          loading={saving}
          disabled={reason !== undefined}
          onClick={() => form.submit()}
        >
          {props.submitText ?? t('ui:save')}
        </Button>
      </Tooltip>
    </>
  )
  const body = (
    <Form<Values>
      form={form}
      layout="vertical"
      requiredMark
      scrollToFirstError
      initialValues={props.initialValues as never}
      onFinish={(values) => void submit(values)}
      onValuesChange={() => setTouched(true)}
      onKeyDown={keepDateEnter}
    >
      {failure !== undefined && (
        <Failure
          error={failure}
          onReload={
            props.onReload &&
            (() => {
              props.onReload?.()
              props.onClose()
            })
          }
        />
      )}
      {props.children}
      {/* Enter in a field submits only where the form has a submit button of its own. */}
      <button type="submit" hidden aria-hidden tabIndex={-1} />
    </Form>
  )
  return { body, buttons, close }
}

function Failure({ error, onReload }: { error: unknown; onReload: (() => void) | undefined }) {
  const t = useWords()
  return (
    <Alert
      type={isConflict(error) ? 'warning' : 'error'}
      showIcon
      role="alert"
      className="ls-form-failure"
      title={isConflict(error) ? t('ui:form.conflict') : errorText(error, t)}
      action={isConflict(error) && onReload ? <Button onClick={onReload}>{t('ui:reload')}</Button> : undefined}
    />
  )
}

const pathOf = (path: string): (string | number)[] => path.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part))

/** The words for one message of the server's field list: a key of ui:fieldErrors, or the general sentence. */
const fieldWords = (message: string, t: Words): string => t(`ui:fieldErrors.${message}`, { defaultValue: '' }) || t('ui:form.invalidField')

/** Writes a refusal beside the fields it speaks of; false when it belongs to none of them. */
export function showAtFields<Values extends object>(
  form: FormInstance<Values>,
  error: unknown,
  fieldOfCode: Record<string, string | (string | number)[]>,
  t: Words,
): boolean {
  if (!(error instanceof ApiError)) return false
  const named = fieldOfCode[error.code]
  const known = new Set(form.getFieldsError().map((field) => field.name.join('.')))
  const entries: { name: (string | number)[]; errors: string[] }[] = named
    ? [{ name: typeof named === 'string' ? pathOf(named) : named, errors: [errorText(error, t)] }]
    : Object.entries(error.fields).map(([path, messages]) => ({
        name: pathOf(path.replace(/^body\./, '')),
        errors: messages.map((m) => fieldWords(m, t)),
      }))
  const shown = entries.filter((entry) => known.has(entry.name.join('.')))
  form.setFields(shown as never)
  if (shown[0]) form.scrollToField(shown[0].name as never, { focus: true })
  return shown.length > 0 && shown.length === entries.length
}

/** Enter in a date field takes the date; antd lets it submit the form as well. For the `onKeyDown` of a form. */
export function keepDateEnter(event: KeyboardEvent): void {
  if (event.key === 'Enter' && event.target instanceof HTMLElement && event.target.closest('.ant-picker')) event.preventDefault()
}

/** Asks before the page is left while something is unsaved: by the browser's own question, and by the router's. */
export function useUnsavedGuard(dirty: boolean): void {
  const t = useWords()
  const { modal } = App.useApp()
  const blocker = useBlocker(({ currentLocation, nextLocation }) => dirty && currentLocation.pathname !== nextLocation.pathname)
  useEffect(() => {
    if (!dirty) return
    const ask = (event: BeforeUnloadEvent) => event.preventDefault()
    addEventListener('beforeunload', ask)
    return () => removeEventListener('beforeunload', ask)
  }, [dirty])
  useEffect(() => {
    if (blocker.state !== 'blocked') return
    modal.confirm({
      title: t('ui:form.unsavedTitle'),
      content: t('ui:form.unsavedText'),
      okText: t('ui:form.leave'),
      okButtonProps: { danger: true },
      cancelText: t('ui:form.stay'),
      onOk: () => blocker.proceed(),
      onCancel: () => blocker.reset(),
    })
  }, [blocker, modal, t])
}

/**
 * A field's rule from the contract's schema. An empty field is left to `required`. The message is `ui:fieldErrors.<message>` where the
 * schema names one, else the text given.
 */
export const schemaRule = (schema: z.ZodType, t: Words, text?: string) => ({
  validator: async (_: unknown, value: unknown) => {
    if (value === undefined || value === null || value === '') return
    const result = schema.safeParse(value)
    if (result.success) return
    throw new Error(text ?? fieldWords(result.error.issues[0]?.message ?? '', t))
  },
})
