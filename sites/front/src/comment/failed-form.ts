import { faultSummary, type Html } from '@tsmicro/web';
import { editingForm, writingForm } from './comment-form.ts';
import type { Failed } from './discussion.ts';
import type { Place } from './place.ts';

/** What was refused, with the form that has what was typed: for where the comment that it belongs to is not at hand. */
export function failedForm(failed: Failed, place: Place): Html {
  if (failed.action === 'edit' && failed.id !== undefined)
    return editingForm({ place, failed }, failed.id, '');
  if (failed.action === 'write') return writingForm({ place, failed }, failed.id);
  return faultSummary(failed.faults);
}
