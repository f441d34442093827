//! The suite: one test per guarantee of the docket, grouped by subject.

pub(crate) mod bodies;
pub(crate) mod cancelling;
pub(crate) mod children;
pub(crate) mod delivery;
pub(crate) mod journals;
pub(crate) mod keeping;
pub(crate) mod keys;
pub(crate) mod limits;
pub(crate) mod operating;
pub(crate) mod owners;
pub(crate) mod parking;
pub(crate) mod perpetual;
pub(crate) mod reading;
pub(crate) mod steps;
pub(crate) mod timetables;
pub(crate) mod timing;
pub(crate) mod workers;

/// Expands to one test per guarantee, for the backend of the stage.
macro_rules! contract {
    ($stage:expr, $($runtime:tt)*) => {
        $crate::suite::guarantees! { $stage, ($($runtime)*),
            keys: [
                adding_a_key_in_use_returns_the_existing_execution,
                a_key_is_free_after_its_execution_ended,
                a_replacement_cancels_a_waiting_execution,
                a_replacement_waits_for_the_running_execution,
                a_replacement_supersedes_a_retry,
                a_replacement_can_cancel_the_running_execution,
                a_replacement_can_be_rejected_while_running,
                only_the_last_of_several_replacements_runs,
                any_text_is_a_valid_key,
            ],
            delivery: [
                an_expired_lease_is_redelivered_and_the_old_runner_fenced,
                a_sleeping_worker_notices_an_expired_lease,
                a_toxic_execution_becomes_a_dead_letter_with_history,
                a_dead_letter_can_be_replayed,
                renewing_extends_a_lease,
                a_released_execution_is_claimed_immediately,
                a_repeated_settlement_changes_nothing,
                dropping_a_claim_loses_no_execution,
                an_unknown_task_is_offered_to_another_worker,
                an_unknown_task_without_another_worker_becomes_a_dead_letter,
                an_offer_to_a_leaving_worker_passes_to_the_next,
                an_offer_to_a_dead_worker_passes_to_the_next,
                an_undecodable_message_becomes_a_dead_letter,
                a_higher_priority_is_claimed_first,
            ],
            cancelling: [
                cancelling_a_waiting_execution_removes_it,
                cancelling_an_unknown_key_leaves_nothing_behind,
                a_running_execution_is_cancelled_after_its_body_stops,
                a_body_that_ignores_cancellation_is_dropped_after_the_grace,
                a_body_that_returns_after_cancellation_is_still_cancelled,
                a_cancelled_run_with_an_expired_lease_is_cancelled,
                clearing_cancels_only_waiting_executions,
            ],
            children: [
                waiting_children_are_cancelled_with_their_parent,
                running_children_are_signalled_with_their_parent,
                children_outlive_other_ends_of_their_parent,
                every_kind_of_cancellation_reaches_the_children,
                many_children_are_cancelled_with_their_parent,
                a_body_adds_children,
            ],
            timing: [
                nothing_runs_before_it_is_due,
                a_due_time_in_the_past_is_due_now,
                an_earlier_due_time_wakes_a_sleeping_worker,
                results_are_readable_until_they_expire,
                a_paused_docket_hands_out_no_work,
                a_struck_task_waits_until_it_is_restored,
                due_times_are_limited_to_ten_years_ahead,
            ],
            limits: [
                a_lane_limits_concurrency_and_waiting_executions_use_no_slot,
                an_execution_that_waits_for_a_lane_can_be_cancelled,
                an_unused_slot_goes_to_the_next_in_line,
                an_overtaken_execution_keeps_its_position,
                waiting_for_a_rate_limit_occupies_no_lane_slot,
                a_rate_limit_holds_in_every_period,
                submissions_during_a_cooldown_return_the_first_execution,
                a_cooldown_outlasts_the_result_it_began_with,
                an_execution_cancelled_before_its_run_starts_no_cooldown,
                a_waiting_execution_can_be_replaced_during_its_cooldown,
                a_dead_letter_can_be_replayed_during_its_cooldown,
                a_debounced_key_runs_after_a_quiet_period,
                a_full_docket_refuses_submissions,
                submitting_can_wait_for_room,
                waiting_for_room_fails_at_capacity_zero,
                invalid_limits_are_refused,
            ],
            perpetual: [
                a_perpetual_task_runs_again_after_each_run,
                a_perpetual_task_continues_after_a_failure,
                a_perpetual_task_can_stop_itself,
                a_perpetual_task_can_change_its_payload_and_its_pace,
                a_cron_schedule_is_followed,
                an_automatic_task_starts_with_the_worker,
                a_replacement_becomes_the_next_run,
                the_next_run_is_limited_to_the_longest_delay,
            ],
            owners: [
                the_bytes_of_pending_executions_are_limited,
                a_submission_waits_for_bytes_to_become_free,
                an_owner_can_fill_only_its_share,
                an_owner_cannot_hold_all_slots,
                owners_take_turns,
                the_owner_with_the_fewest_runs_is_next,
                a_slot_stays_free_for_the_next_owner,
                an_owner_without_a_run_gets_the_next_free_slot,
                owners_take_turns_with_executions_without_one,
                the_end_of_a_run_wakes_a_claim_for_its_owner,
                every_end_of_a_run_frees_the_share_of_its_owner,
                an_offer_keeps_the_turn_of_its_owner,
            ],
            timetables: [
                a_changed_cron_expression_moves_the_next_run,
                a_changed_interval_counts_from_the_last_run,
                a_due_time_that_no_timetable_set_stays,
                waiting_for_the_end_ignores_automatic_tasks,
                an_automatic_task_that_has_ended_is_submitted_again_once,
                an_automatic_task_that_stops_itself_stays_stopped,
            ],
            parking: [
                a_note_survives_retries_releases_and_lost_leases,
                an_empty_note_differs_from_no_note,
                the_next_run_of_a_perpetual_task_has_no_note,
                a_replay_keeps_the_note_of_the_dead_letter,
                the_size_of_a_note_is_limited,
                a_parked_execution_runs_only_after_it_is_woken,
                an_amendment_wakes_a_sleeping_worker,
                an_amendment_compares_and_sets,
                amending_an_unknown_execution_is_reported,
                one_of_two_concurrent_amendments_is_stale,
                subscribers_receive_parking_and_amendment_events,
                a_parked_execution_occupies_no_slot_and_no_lane,
                a_parked_execution_counts_as_pending,
                a_parked_execution_can_be_cancelled_cleared_and_replaced,
                a_superseded_or_cancelled_run_does_not_park,
                a_woken_execution_waits_while_its_task_is_struck,
            ],
            journals: [
                a_recorded_entry_is_in_every_later_delivery,
                the_size_of_a_journal_is_limited,
                a_journal_ends_with_its_execution,
                a_replay_keeps_the_journal_of_the_dead_letter,
                the_next_run_of_a_perpetual_task_has_an_empty_journal,
                a_suspended_execution_wakes_at_its_time,
                a_time_in_the_past_wakes_at_once,
                signals_are_kept_in_order_until_the_execution_has_ended,
                a_signal_wakes_an_execution_before_its_time,
                an_execution_wakes_when_all_others_have_ended,
                a_wait_that_is_over_wakes_nothing,
                a_suspended_execution_can_be_cancelled_and_replaced,
                subscribers_see_suspensions,
                a_retry_policy_leaves_the_journal,
            ],
            steps: [
                a_recorded_step_does_not_run_again,
                a_name_used_twice_is_an_error_with_both_lines,
                unusable_results_of_steps_are_errors,
                a_sleeping_body_holds_no_slot,
                a_step_in_progress_is_not_suspended,
                a_body_waits_for_signals_or_a_deadline,
                a_body_waits_for_other_executions,
            ],
            keeping: [
                a_kept_execution_outlives_other_results,
                the_retention_period_begins_at_submission,
                a_waiting_execution_is_cancelled_when_its_retention_ends,
                a_running_execution_is_signalled_and_deleted_when_its_retention_ends,
                a_lost_run_is_deleted_after_its_retention_ended,
                a_kept_execution_never_becomes_a_dead_letter,
                a_waiting_replacement_is_cancelled_when_its_retention_ends,
                a_key_is_free_after_its_retention_ended,
                invalid_retention_periods_are_refused,
                a_record_has_the_time_of_its_last_change,
            ],
            bodies: [
                a_result_is_returned_typed,
                a_result_of_another_type_is_an_error,
                a_panic_fails_the_run_with_its_location,
                a_panic_before_the_first_await_is_caught,
                a_failing_body_is_retried_after_its_delays,
                a_final_failure_is_not_retried,
                a_body_can_request_a_retry_a_snooze_or_a_discard,
                a_body_that_exceeds_its_timeout_fails,
                a_body_can_extend_its_timeout,
                a_failed_dependency_is_named,
                a_payload_that_a_task_cannot_decode_becomes_a_dead_letter,
                a_result_that_is_too_large_fails_the_run,
                a_result_that_cannot_be_serialized_fails_the_run,
                the_trace_context_follows_scheduling_retries_and_replays,
                a_chain_of_tasks_shares_one_trace,
                a_payload_that_is_not_json_is_refused,
                the_lengths_of_keys_names_and_payloads_are_limited,
            ],
            workers: [
                several_calls_share_one_worker,
                a_body_can_wait_for_all_other_executions,
                a_body_reoccupies_its_slot_after_waiting,
                bodies_that_wait_for_the_rest_do_not_wait_for_each_other,
                run_at_most_limits_the_runs_of_a_key,
                a_shutdown_lets_running_bodies_finish,
                a_cancellation_reaches_a_body_during_a_shutdown,
                a_shutdown_hands_back_unfinished_executions,
                a_worker_that_was_shut_down_returns_an_error,
                a_freed_slot_is_filled_without_delay,
                the_lease_of_a_long_body_is_renewed,
                two_workers_share_the_work,
                workers_are_listed_while_alive,
                dropping_the_call_stops_claiming,
                invalid_worker_options_are_refused,
                maximal_durations_are_accepted,
            ],
            operating: [
                a_failed_execution_is_kept_as_a_dead_letter,
                a_policy_can_discard_failed_executions,
                a_superseded_or_kept_failure_is_no_dead_letter,
                lists_are_paged_in_the_order_of_submission,
                every_condition_of_a_filter_selects,
                the_payload_of_pending_executions_and_dead_letters_is_readable,
                counts_follow_every_change_of_state,
                statistics_have_delays_and_workers,
                the_lag_is_that_of_each_priority_and_owner,
                dead_letters_are_retried_once,
                dead_letters_and_waiting_executions_are_discarded,
                ended_executions_are_purged,
                results_and_dead_letters_are_limited_by_number,
                results_and_dead_letters_are_limited_by_bytes,
            ],
            reading: [
                a_subscriber_receives_every_state,
                progress_is_readable_and_sent_to_subscribers,
                a_fenced_run_cannot_report_progress,
                each_message_of_a_batch_has_its_own_answer,
                a_snapshot_counts_all_states,
                two_dockets_share_no_data,
            ],
        }
    };
}

macro_rules! guarantees {
    ($stage:expr, $runtime:tt, $($subject:ident: [$($test:ident),* $(,)?],)*) => {$(
        mod $subject {
            $( $crate::suite::guarantee! { $stage, $runtime, $subject, $test } )*
        }
    )*};
}

macro_rules! guarantee {
    ($stage:expr, ($($runtime:tt)*), $subject:ident, $test:ident) => {
        #[tokio::test($($runtime)*)]
        async fn $test() {
            $crate::suite::$subject::$test(&$stage).await;
        }
    };
}

pub(crate) use {contract, guarantee, guarantees};
