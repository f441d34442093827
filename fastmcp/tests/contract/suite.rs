//! The suite: every promise of the engine as a test, by what it is about.

pub(crate) mod bodies;
pub(crate) mod cancelling;
pub(crate) mod delivery;
pub(crate) mod keeping;
pub(crate) mod keys;
pub(crate) mod limits;
pub(crate) mod parking;
pub(crate) mod perpetual;
pub(crate) mod reading;
pub(crate) mod timing;
pub(crate) mod workers;

/// Makes one test of each promise, for the backend of the stage.
macro_rules! contract {
    ($stage:expr, $($runtime:tt)*) => {
        $crate::suite::promises! { $stage, ($($runtime)*),
            keys: [
                a_key_in_use_makes_nothing_new,
                a_key_is_free_once_its_execution_has_ended,
                a_replacement_takes_the_place_of_what_waits,
                a_replacement_of_a_running_key_waits_for_it,
                a_replacement_comes_before_a_retry,
                a_replacement_can_cancel_what_runs,
                a_replacement_can_be_refused,
                of_several_replacements_the_last_one_runs,
                any_text_is_a_key,
            ],
            delivery: [
                a_lost_lease_is_delivered_again_and_its_runner_fenced,
                a_worker_that_sleeps_already_notices_a_lost_lease,
                a_toxic_execution_becomes_a_dead_letter_with_its_history,
                a_dead_letter_can_be_replayed,
                a_renewed_lease_is_kept,
                what_is_handed_back_is_taken_at_once,
                a_settlement_said_twice_changes_nothing,
                a_dropped_claim_loses_nothing,
                an_unknown_task_is_handed_on,
                an_unknown_task_without_another_worker_becomes_a_dead_letter,
                what_was_offered_to_a_worker_that_leaves_goes_on,
                what_was_offered_to_a_worker_that_dies_goes_on,
                an_undecodable_message_becomes_a_dead_letter,
                a_higher_priority_is_claimed_first,
            ],
            cancelling: [
                cancelling_what_waits_removes_it,
                cancelling_what_is_unknown_leaves_nothing_behind,
                a_cancelled_run_is_cancelled_once_it_has_stopped,
                a_body_that_does_not_listen_is_dropped,
                a_body_that_swallows_the_cancel_is_cancelled_all_the_same,
                a_cancelled_run_that_is_lost_is_cancelled,
                clearing_cancels_what_waits_and_nothing_else,
            ],
            timing: [
                nothing_runs_before_it_is_due,
                the_past_is_due_now,
                an_earlier_due_time_wakes_a_sleeping_worker,
                results_are_readable_until_their_time_is_over,
                a_paused_docket_hands_out_nothing,
                a_struck_task_waits_until_it_is_restored,
                ten_years_ahead_is_far_enough,
            ],
            limits: [
                a_lane_runs_no_more_than_it_may_and_parks_the_rest_without_a_slot,
                a_parked_execution_can_be_cancelled,
                a_place_that_is_not_taken_up_goes_to_the_next_in_line,
                an_overtaken_execution_keeps_its_place_in_line,
                who_waits_for_one_limit_takes_no_place_of_another,
                a_lane_starts_no_more_than_it_may_in_any_span,
                a_cooling_lane_folds_submissions_together,
                a_lane_cools_longer_than_its_results_are_kept,
                what_was_cancelled_before_it_ran_cools_nothing,
                what_waits_is_replaced_while_its_lane_cools,
                a_dead_letter_is_replayed_while_its_lane_cools,
                a_debounced_key_runs_once_it_is_left_alone,
                a_full_docket_says_so,
                a_full_docket_can_be_waited_for,
                a_docket_without_any_room_is_not_waited_for,
                limits_that_make_no_sense_are_refused,
            ],
            perpetual: [
                a_perpetual_task_runs_again_after_each_run,
                a_perpetual_task_goes_on_after_a_failure,
                a_perpetual_task_can_stop_itself,
                a_perpetual_task_can_change_its_payload_and_its_pace,
                a_timetable_is_followed,
                an_automatic_task_starts_with_the_worker,
                a_replacement_becomes_the_next_run,
                a_next_run_is_no_further_ahead_than_a_docket_schedules,
            ],
            parking: [
                a_note_stands_beside_its_execution_whatever_befalls_it,
                no_note_and_an_empty_one_are_different,
                the_next_run_of_a_perpetual_task_begins_without_a_note,
                a_replay_has_the_note_of_its_dead_letter,
                a_note_has_bounds,
                what_is_parked_is_due_only_once_it_is_woken,
                an_amendment_wakes_a_sleeping_worker,
                an_amendment_compares_before_it_sets,
                an_amendment_of_nothing_says_so,
                of_two_that_amend_at_once_one_reads_again,
                subscribers_hear_of_parking_and_of_amendments,
                what_is_parked_holds_no_slot_and_no_place_in_a_lane,
                what_is_parked_is_pending,
                what_is_parked_can_be_cancelled_cleared_and_replaced,
                what_is_superseded_or_cancelled_does_not_park,
                what_is_woken_waits_while_its_task_is_struck,
            ],
            keeping: [
                what_is_kept_outlives_the_results_of_others,
                its_time_begins_with_its_admission,
                what_waits_is_cancelled_when_its_time_is_over,
                what_runs_is_signalled_and_forgotten_once_it_has_stopped,
                what_was_lost_beyond_its_time_is_forgotten,
                what_is_kept_and_given_up_on_is_no_dead_letter,
                a_replacement_behind_is_cancelled_when_its_time_is_over,
                a_key_is_free_once_its_time_is_over,
                a_time_that_makes_no_sense_is_refused,
                a_record_tells_when_it_last_changed,
            ],
            bodies: [
                a_result_comes_back_typed,
                a_result_of_another_type_is_an_error,
                a_panic_fails_the_run_with_its_place_and_harms_nothing,
                a_panic_before_the_first_await_is_caught_too,
                a_failing_body_is_tried_again_after_its_pauses,
                a_final_failure_is_not_tried_again,
                a_body_can_ask_for_a_retry_a_snooze_or_a_discard,
                a_body_out_of_time_fails,
                a_body_can_extend_its_time,
                a_failed_dependency_is_named,
                a_payload_that_a_task_cannot_read_becomes_a_dead_letter,
                a_result_that_is_too_large_fails_the_run,
                a_result_that_does_not_serialise_fails_the_run,
                the_trace_travels_with_what_is_scheduled_retried_and_replayed,
                a_chain_of_tasks_keeps_one_trace,
                a_payload_that_is_no_json_is_refused,
                keys_names_and_payloads_have_bounds,
            ],
            workers: [
                several_calls_share_one_worker,
                a_body_can_wait_for_everything_else,
                a_body_that_has_waited_has_its_slot_back,
                bodies_that_wait_for_everything_do_not_wait_for_each_other,
                a_key_runs_at_most_as_often_as_told,
                a_shutdown_lets_what_runs_finish,
                a_cancellation_reaches_a_body_during_a_shutdown,
                a_shutdown_hands_back_what_does_not_finish,
                a_worker_that_was_shut_down_says_so,
                full_slots_are_filled_again_without_waiting,
                a_long_body_keeps_its_lease,
                two_workers_share_the_work,
                workers_are_listed_while_they_live,
                a_dropped_call_stops_the_claiming,
                options_that_make_no_sense_are_refused,
                endless_spans_do_no_harm,
            ],
            reading: [
                a_subscriber_hears_of_every_state,
                progress_is_read_and_heard,
                a_fenced_run_can_tell_of_no_progress,
                a_batch_is_answered_one_by_one,
                a_snapshot_counts_everything,
                two_dockets_share_nothing,
            ],
        }
    };
}

macro_rules! promises {
    ($stage:expr, $runtime:tt, $($about:ident: [$($promise:ident),* $(,)?],)*) => {$(
        mod $about {
            $( $crate::suite::promise! { $stage, $runtime, $about, $promise } )*
        }
    )*};
}

macro_rules! promise {
    ($stage:expr, ($($runtime:tt)*), $about:ident, $promise:ident) => {
        #[tokio::test($($runtime)*)]
        async fn $promise() {
            $crate::suite::$about::$promise(&$stage).await;
        }
    };
}

pub(crate) use {contract, promise, promises};
