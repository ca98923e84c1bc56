import type { Messages } from '..';
import { count, entries, marks, vouchers } from './words';

type Targets = Parameters<Messages['actions']['confirm']['mark']>[0];

const all = (targets: Targets): string =>
  targets.areVouchers ? `${vouchers(targets.vouchers)} (${entries(targets.entries)} de cette liste)` : entries(targets.entries);
const short = (targets: Targets): string => (targets.areVouchers ? vouchers(targets.vouchers) : entries(targets.entries));

const carried = (targets: Targets): string =>
  targets.areVouchers ? `${vouchers(targets.vouchers)} (${entries(targets.entries)})` : entries(targets.entries);

export const actions: Messages['actions'] = {
  mark: 'Marquer comme envoyé',
  markChanged: 'Marquer la nouvelle version',
  fail: 'Signaler un refus',
  requeue: 'Remettre en file',
  requeueType: 'Remettre en file par type …',
  park: 'Mettre de côté',
  unmark: 'Reprendre la marque',
  release: 'Libérer',
  resolve: 'Résoudre',
  replay: 'Lancer une reprise',
  cancelReplay: 'Annuler la reprise',
  will: {
    mark: (targets, system) => `Comptera comme envoyé à ${system} : ${all(targets)}. Rien n’est envoyé par cette action.`,
    markChanged: (targets, system) =>
      `Comptera comme envoyé à ${system}, dans la version de la liste : ${entries(targets.entries)}. Rien n’est envoyé par cette action.`,
    fail: (targets, system) =>
      `Sera noté comme refusé par ${system} : ${all(targets)}. Un essai est compté ; un nouvel essai vient plus tard, ou la mise de côté après trop d’essais.`,
    requeue: (targets, system) => `Attendra de nouveau ${system}, tout de suite et sans essai compté : ${all(targets)}.`,
    park: (targets, system) =>
      `Sera mis de côté : ${all(targets)}. Aucun processus de ${system} ne le reçoit avant une remise en file.`,
    unmark: (targets, system) =>
      `Attendra de nouveau ${system}, tout de suite, et sera renvoyé : ${all(targets)}. Les marques restent dans l’historique.`,
    release: (worker) =>
      `Ce que ${worker} a encore est rendu et attend de nouveau. Aucun essai n’est compté. Ce que le processus a envoyé entre-temps peut partir deux fois.`,
    resolve: 'Le conflit est clos avec votre note. Aucune marque n’est posée ni reprise.',
    replay: (system) =>
      `Toutes les marques de ${system} dans la période sont reprises, en arrière-plan. Les écritures attendent de nouveau et seront renvoyées.`,
    cancelReplay: (setAside) =>
      `Déjà reprises : ${marks(setAside)}. Celles dont personne ne s’est occupé depuis sont rétablies, avec leurs dates.`,
    requeueType: (system) =>
      `Tout ce que ${system} a refusé pour ce motif attend de nouveau, tout de suite et sans essai compté. Ce qu’une personne a mis de côté y reste.`,
  },
  wholeVouchers: 'Une pièce vaut pour toutes ses écritures, aussi pour celles que le filtre écarte.',
  unitVoucher: 'Ce système prend des pièces entières : les autres écritures non envoyées de leurs pièces suivent.',
  sums: 'Ensemble',
  note: 'Note',
  noteHelp: 'Pour l’historique, par exemple « lot 118 »',
  documentId: 'Document dans le système',
  documentHelp: 'Son numéro, par exemple GL-2024-118',
  url: 'Adresse du document',
  urlHelp: 'http ou https',
  type: 'Type',
  reason: 'Motif',
  reasonHelp: 'Figure dans l’historique',
  retryAt: 'Réessayer le',
  retryAtHelp: 'Vide : l’attente croît à chaque essai',
  markedSince: 'Marquées après le',
  markedUntil: 'Marquées jusqu’au',
  markedUntilHelp: 'Vide : jusqu’à maintenant',
  countingFailures: 'Les refus sont comptés …',
  noFailures: 'Rien n’a été refusé : il n’y a rien à remettre en file.',
  countingMarks: 'Les marques sont comptées …',
  marksInRange: (number, isMore) => `${isMore ? 'Au moins ' : ''}${marks(number)} dans cette période.`,
  confirm: {
    mark: (targets) => `Marquer ${short(targets)}`,
    fail: (targets) => `Signaler ${short(targets)}`,
    requeue: (targets) => `Remettre ${short(targets)} en file`,
    park: (targets) => `Mettre ${short(targets)} de côté`,
    unmark: (targets) => `Reprendre ${short(targets)}`,
  },
  running: (seen, total) => `${seen} sur ${total}`,
  waiting: 'La passerelle ne répond pas. Cela reprend de soi-même quand elle est de retour.',
  stopped: (left) => `Arrêté : ${count(left, 'élément est resté', 'éléments sont restés')} comme avant.`,
  done: {
    mark: (items) => `Marqué comme envoyé : ${carried(items)}.`,
    fail: (items) => `Refus signalé : ${carried(items)}.`,
    requeue: (items) => `Remis en file : ${carried(items)}.`,
    park: (items) => `Mis de côté : ${carried(items)}.`,
    unmark: (items) => `Marque reprise : ${carried(items)}.`,
    release: (number) => `Libéré : ${entries(number)}.`,
    resolve: 'Le conflit est résolu.',
    replay: 'La reprise a commencé. La liste montre où elle en est.',
    cancelReplay: 'La reprise est annulée. Les marques sont rétablies en arrière-plan.',
    requeueType: (number) => `Remis en file : ${entries(number)}.`,
  },
  notDone: (number) => `${count(number, 'élément n’a', 'éléments n’ont')} pas pu être traité${number < 2 ? '' : 's'} :`,
  nothingDone: 'Rien n’a été changé.',
  item: 'Élément',
  why: 'Pourquoi',
  faults: {
    ALREADY_EXPORTED: 'Déjà envoyé. Reprenez d’abord la marque s’il faut l’envoyer de nouveau.',
    NOT_EXPORTED: 'Sans marque : il n’y a rien à reprendre.',
    ENTRY_WITHDRAWN: 'La source l’a retirée : elle n’est pas à envoyer.',
    NOTHING_TO_REQUEUE: 'Rien n’y est plus refusé ni mis de côté.',
    ENTRY_NOT_FOUND: 'N’est plus dans le livre.',
    VOUCHER_NOT_FOUND: 'N’est plus dans le livre.',
    CONFLICT_RESOLVED: 'Quelqu’un l’a déjà résolu ; la première note reste.',
    REPLAY_OPEN: 'Une autre reprise du système est en cours. Attendez sa fin, ou annulez-la.',
    CLAIM_LOST: 'La réservation ne l’a plus.',
  },
};
