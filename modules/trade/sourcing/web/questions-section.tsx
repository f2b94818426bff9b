import { Button, Form, Input } from 'antd'
import { useState } from 'react'
import { call } from '#ui/api.ts'
import { EditModal } from '#ui/form.tsx'
import { formatDateTime } from '#ui/format.ts'
import { useWords } from '#ui/i18n.ts'
import { Section, StatusTag } from '#ui/page.tsx'
import { type RequestDetail, sourcingApi } from '../contract.ts'
import { useChange } from './queries.ts'

export function Clarifications({ clarifications }: { clarifications: RequestDetail['clarifications'] }) {
  const t = useWords('sourcing')
  return clarifications.map((one) => (
    <div key={`${one.answeredAt} ${one.question}`} className="so-bid-line">
      <b>
        {t('question')}：{one.question}
      </b>
      <div>
        {t('answer')}：{one.answer} <span className="ls-quiet">{formatDateTime(one.answeredAt)}</span>
      </div>
    </div>
  ))
}

/** What suppliers asked, and what everybody was answered. */
export function Questions({ request }: { request: RequestDetail }) {
  const t = useWords('sourcing')
  const change = useChange()
  const [open, setOpen] = useState<RequestDetail['questions'][number]>()
  const may = request.actions.includes('answer')
  return (
    <Section title={t('questions')}>
      {request.questions.length === 0 && request.clarifications.length === 0 && <p className="ls-quiet">{t('noQuestions')}</p>}
      {request.questions.map((one) => (
        <div key={one.id} className="so-bid-line">
          {one.supplierName}：{one.question} <span className="ls-quiet">{formatDateTime(one.askedAt)}</span>{' '}
          {one.answered ? (
            <StatusTag tone="good">{t('answered')}</StatusTag>
          ) : (
            may && <Button onClick={() => setOpen(one)}>{t('answerTo')}</Button>
          )}
        </div>
      ))}
      <Clarifications clarifications={request.clarifications} />
      {open && (
        <EditModal<{ question: string; answer: string }>
          open
          title={t('answerTo')}
          submitText={t('answerTo')}
          initialValues={{ question: open.question }}
          allowUnchanged
          onClose={() => setOpen(undefined)}
          onSubmit={(values) =>
            change(() => call(sourcingApi.answer, { params: { id: open.id }, body: { ...values, version: open.version } }))
          }
        >
          <p className="ls-quiet">{t('answerHint')}</p>
          <Form.Item name="question" label={t('question')} rules={[{ required: true, whitespace: true }]}>
            <Input.TextArea maxLength={1_000} autoSize={{ minRows: 2 }} />
          </Form.Item>
          <Form.Item name="answer" label={t('answer')} rules={[{ required: true, whitespace: true }]}>
            <Input.TextArea maxLength={2_000} autoSize={{ minRows: 3 }} />
          </Form.Item>
        </EditModal>
      )}
    </Section>
  )
}
