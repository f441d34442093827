//! Repeats a tool, for servers with many of them.

/// Calls a macro with 98 names.
#[macro_export]
macro_rules! with_98_names {
    ($macro:ident) => {
        $macro! {
            add_1 add_2 add_3 add_4 add_5 add_6 add_7 add_8 add_9 add_10 add_11 add_12
            add_13 add_14 add_15 add_16 add_17 add_18 add_19 add_20 add_21 add_22 add_23
            add_24 add_25 add_26 add_27 add_28 add_29 add_30 add_31 add_32 add_33 add_34
            add_35 add_36 add_37 add_38 add_39 add_40 add_41 add_42 add_43 add_44 add_45
            add_46 add_47 add_48 add_49 add_50 add_51 add_52 add_53 add_54 add_55 add_56
            add_57 add_58 add_59 add_60 add_61 add_62 add_63 add_64 add_65 add_66 add_67
            add_68 add_69 add_70 add_71 add_72 add_73 add_74 add_75 add_76 add_77 add_78
            add_79 add_80 add_81 add_82 add_83 add_84 add_85 add_86 add_87 add_88 add_89
            add_90 add_91 add_92 add_93 add_94 add_95 add_96 add_97 add_98
        }
    };
}
