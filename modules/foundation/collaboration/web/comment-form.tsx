import { PaperClipOutlined } from '@ant-design/icons'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { App, Button, Checkbox, Mentions, Tooltip, Upload } from 'antd'
import { useState } from 'react'
import { call, errorText, upload } from '#ui/api.ts'
import { useWords } from '#ui/i18n.ts'
import { COMMENT_CHARACTERS, collaborationApi } from '../contract.ts'
import { mentionedIn } from './mentioned.ts'
import type { DocumentKey } from './queries.ts'

interface Facts {
  partner: string | null
  copies: boolean
  people: { id: string; name: string }[]
}

/** Internal unless “visible to the partner” is chosen, for each comment and each file anew. */
export function CommentForm({ document, facts }: { document: DocumentKey; facts: Facts }) {
  const t = useWords('collaboration')
  const client = useQueryClient()
  const { message } = App.useApp()
  const [text, setText] = useState('')
  const [shared, setShared] = useState(false)
  const hint = facts.copies ? t('panel.sharedAllHint') : t('panel.sharedHint', { partner: facts.partner })
  const written = () => {
    setShared(false)
    return client.invalidateQueries({ queryKey: ['collaboration', 'entries'] })
  }
  const onError = (error: unknown) => void message.error(errorText(error, t))
  const comment = useMutation({
    mutationFn: () =>
      call(collaborationApi.comment, {
        params: document,
        body: { text: text.trim(), shared, mentions: mentionedIn(text, facts.people) as never },
      }),
    onSuccess: () => {
      setText('')
      return written()
    },
    onError,
  })
  const attach = useMutation({
    mutationFn: (file: File) =>
      upload(collaborationApi.attach, { params: document, query: { fileName: file.name, visibility: shared ? 'both' : 'internal' }, file }),
    onSuccess: () => {
      void message.success(t('panel.attached'))
      return written()
    },
    onError,
  })
  return (
    <div className="collaboration-form">
      <Mentions
        rows={2}
        autoSize={{ minRows: 2, maxRows: 10 }}
        value={text}
        maxLength={COMMENT_CHARACTERS}
        placeholder={t('panel.placeholder')}
        aria-label={t('panel.placeholder')}
        options={facts.people.map(({ name }) => ({ value: name, label: name }))}
        onChange={setText}
      />
      <div className="collaboration-form-foot">
        {(facts.partner !== null || facts.copies) && (
          <Checkbox checked={shared} onChange={(event) => setShared(event.target.checked)}>
            {t(facts.copies ? 'panel.sharedAll' : 'panel.shared')}
            <span className="ls-quiet"> {shared ? hint : t('panel.internal')}</span>
          </Checkbox>
        )}
        <span className="collaboration-buttons">
          <Upload
            showUploadList={false}
            beforeUpload={(file) => {
              attach.mutate(file)
              return false
            }}
          >
            <Tooltip title={t('panel.attachHint')}>
              <Button icon={<PaperClipOutlined aria-hidden />} loading={attach.isPending}>
                {t('panel.attach')}
              </Button>
            </Tooltip>
          </Upload>
          <Button type="primary" disabled={text.trim() === ''} loading={comment.isPending} onClick={() => comment.mutate()}>
            {t('panel.send')}
          </Button>
        </span>
      </div>
    </div>
  )
}
